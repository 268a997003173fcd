package io.pushfanout.posix;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.Optional;

/** A finder of functions of the C library that take ints and return an int. */
final class NativeFunction {
  private NativeFunction() {}

  /** Returns the function; empty on a system that has none of that name. */
  @SuppressWarnings("restricted") // a native call, of a function that takes and gives ints
  static Optional<MethodHandle> find(String name, int parameters) {
    MemoryLayout[] layouts =
        Collections.nCopies(parameters, ValueLayout.JAVA_INT).toArray(MemoryLayout[]::new);
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(
            function ->
                linker.downcallHandle(
                    function, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts)));
  }
}
