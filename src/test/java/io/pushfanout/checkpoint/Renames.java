package io.pushfanout.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Renames for which the JDK has no method. */
final class Renames {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  private static final MethodHandle RENAMEAT2 = renameat2();

  private Renames() {}

  @SuppressWarnings("restricted")
  private static MethodHandle renameat2() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("renameat2"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT));
  }

  /** Swaps two entries in one step, so that neither name is ever missing. */
  static void exchange(Path one, Path other) {
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              RENAMEAT2.invokeExact(
                  AT_FDCWD,
                  arena.allocateFrom(one.toString()),
                  AT_FDCWD,
                  arena.allocateFrom(other.toString()),
                  RENAME_EXCHANGE);
      if (failed != 0) {
        throw new IllegalStateException("renameat2 of %s and %s failed".formatted(one, other));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
