package io.pushfanout.concurrent;

import org.jspecify.annotations.Nullable;

/** Several things to do, of which one that fails keeps no other from being done. For one thread. */
public final class Attempts {
  private @Nullable Throwable first;

  public void attempt(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      failed(e);
    }
  }

  /** One that was tried elsewhere has failed. */
  public void failed(Throwable e) {
    first = first == null ? e : first;
  }

  /** Throws the first failure; nothing where all has worked. */
  public void end() {
    switch (first) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      // Libraries throw checked exceptions where none are declared.
      case Throwable e -> throw new IllegalStateException(e);
    }
  }
}
