package io.pushfanout.posix;

import java.lang.invoke.MethodHandle;

/** A test for terminals on stdout and stderr; the JDK reports only stdin and stdout together. */
public final class Terminal {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private Terminal() {}

  public static boolean isStderr() {
    return is(STDERR);
  }

  public static boolean isStdout() {
    return is(STDOUT);
  }

  private static boolean is(int descriptor) {
    return NativeFunction.find("isatty", 1)
        .map(function -> call(function, descriptor))
        .orElse(false);
  }

  private static boolean call(MethodHandle isatty, int descriptor) {
    try {
      return (int) isatty.invokeExact(descriptor) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException("isatty throws nothing", e);
    }
  }
}
