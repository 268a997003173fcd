package io.pushfanout.register;

/** A program that could not be started, or was not ready in time; its message is one sentence. */
public final class ProgramException extends Exception {
  /** The exit code of a command that is not found, as shells have it. */
  static final int NOT_FOUND = 127;

  /** The exit code of a command that cannot be run, as shells have it. */
  static final int NOT_RUNNABLE = 126;

  /** The exit code of a program that was not ready in time. */
  static final int NOT_READY = 1;

  private final int exitCode;

  ProgramException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
