package io.pushfanout.server.guard;

import io.pushfanout.concurrent.SecondLimit;
import java.util.function.LongSupplier;

/**
 * A limit on the small fragments of messages that one connection sends within a second. The array
 * of a fragment is larger than its bytes, and is in no budget while the call waits for a decision
 * about its caller. On the connection's loop only.
 */
public final class SmallFrameLimiter {
  /** Small fragments in a second. */
  static final int MAX_PER_SECOND = 4000;

  /**
   * Bytes from which on a fragment is not small; a client that has more than a few fragments to
   * send makes them larger.
   */
  static final int NOT_SMALL_BYTES = 256;

  /**
   * Small fragments of a call that do not count: some clients send the prefix of a message, the
   * message and the end of the call separately, for thousands of small messages a second.
   */
  static final int EXEMPT_PER_CALL = 4;

  private final SecondLimit limit;

  public SmallFrameLimiter(LongSupplier nanoClock) {
    limit = new SecondLimit(MAX_PER_SECOND, nanoClock);
  }

  /**
   * Returns whether a fragment counts.
   *
   * @param size bytes of the fragment
   * @param ofCall number of the fragment in its call, from 1
   */
  public static boolean isSmall(int size, int ofCall) {
    return size < NOT_SMALL_BYTES && ofCall > EXEMPT_PER_CALL;
  }

  /**
   * Counts one more fragment.
   *
   * @return false if the fragment is one too many
   */
  public boolean tryAdd() {
    return limit.tryAdd();
  }
}
