package io.pushfanout.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A test for terminals on stdout and stderr; the JDK reports only stdin and stdout together. */
final class Terminal {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private Terminal() {}

  static boolean isStderr() {
    return is(STDERR);
  }

  static boolean isStdout() {
    return is(STDOUT);
  }

  @SuppressWarnings("restricted") // a native call, of a function that takes and gives an int
  private static boolean is(int descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("isatty")
        .map(
            function ->
                linker.downcallHandle(
                    function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)))
        .map(function -> ask(function, descriptor))
        .orElse(false);
  }

  private static boolean ask(MethodHandle isatty, int descriptor) {
    try {
      return (int) isatty.invokeExact(descriptor) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException("isatty throws nothing", e);
    }
  }
}
