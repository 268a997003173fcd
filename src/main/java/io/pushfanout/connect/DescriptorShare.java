package io.pushfanout.connect;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The share of the process's file descriptors that connections to nodes may have, for any number of
 * nodes: the rest is for callers and for the program itself. Used by all loops.
 */
final class DescriptorShare {
  /**
   * Descriptors for the program: jars, event loops, listening sockets, etcd, the API server, files.
   * About 120 were seen.
   */
  static final int PROGRAM = 256;

  private final long limit;
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param limit the process's limit, 1 or more
   * @param callers the most connections of callers at a time
   */
  DescriptorShare(long limit, int callers) {
    this.limit = limit;
    this.most = most(limit, callers);
  }

  /** Returns the share of this process's soft limit; without a bound if the system has none. */
  static DescriptorShare ofProcess(int callers) {
    boolean unix =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean;
    long limit =
        unix
            ? ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getMaxFileDescriptorCount()
            : 0;
    return new DescriptorShare(limit > 0 ? limit : Long.MAX_VALUE, callers);
  }

  /**
   * Returns the descriptors that callers and the program leave, or half of all if that is more.
   * With fewer than 512, the program's part comes before that half, as long as nodes have a
   * quarter.
   */
  static long most(long limit, int callers) {
    long half = Math.min(limit / 2, Math.max(limit / 4, limit - PROGRAM));
    return Math.max(limit - callers - PROGRAM, half);
  }

  /** Takes one descriptor, to be given back; returns false when nodes have their share already. */
  boolean take() {
    if (taken.incrementAndGet() <= most) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  /** Returns the reason of the shortage, for people. */
  String shortage() {
    return "connections to nodes have their share of file descriptors, "
        + most
        + " of "
        + limit
        + " (ulimit -n)";
  }

  long taken() {
    return taken.get();
  }
}
