package io.pushfanout.concurrent;

import org.jspecify.annotations.Nullable;

/** A runner of several tasks that runs each one even after others have failed. For one thread. */
public final class Attempts {
  private @Nullable Throwable first;

  public void attempt(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      failed(e);
    }
  }

  /** Records the failure of a task that ran elsewhere. */
  public void failed(Throwable e) {
    first = first == null ? e : first;
  }

  /** Throws the first failure, if there is one. */
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
