package io.pushfanout.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Whether somebody watches: the JDK knows it of stdin and stdout together, not of stderr. */
final class Terminal {
  private static final int STDERR = 2;

  private Terminal() {}

  @SuppressWarnings("restricted") // a native call, of a function that takes and gives an int
  static boolean isStderr() {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("isatty")
        .map(
            function ->
                linker.downcallHandle(
                    function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)))
        .map(Terminal::ask)
        .orElse(false);
  }

  private static boolean ask(MethodHandle isatty) {
    try {
      return (int) isatty.invokeExact(STDERR) == 1;
    } catch (Throwable e) {
      throw new IllegalStateException("isatty throws nothing", e);
    }
  }
}
