package io.pushfanout.posix;

import java.lang.invoke.MethodHandle;

/** A signal that begins the stop of a process. The JDK has no way to send SIGINT. */
public enum Signal {
  INT(2),
  TERM(15);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** Sends the signal; a process that has ended gets nothing. */
  public void send(ProcessHandle process) {
    if (process.isAlive()) {
      MethodHandle kill =
          NativeFunction.find("kill", 2)
              .orElseThrow(() -> new IllegalStateException("this system has no kill"));
      call(kill, Math.toIntExact(process.pid()));
    }
  }

  private void call(MethodHandle kill, int pid) {
    try {
      // The one failure that is left is the process's end in the meantime.
      int _ = (int) kill.invokeExact(pid, number);
    } catch (Throwable e) {
      throw new IllegalStateException("kill throws nothing", e);
    }
  }

  @Override
  public String toString() {
    return "SIG" + name();
  }
}
