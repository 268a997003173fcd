package io.pushfanout.badlayers.stray;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Breaks rules on purpose: it makes threads, and virtual ones. */
public class MakesThreads {
  Thread made() {
    return Thread.ofPlatform().unstarted(() -> {});
  }

  ExecutorService virtual() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
