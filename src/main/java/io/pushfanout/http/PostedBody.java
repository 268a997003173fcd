package io.pushfanout.http;

import io.pushfanout.server.BroadcastEntry;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import io.pushfanout.server.guard.IncompleteCalls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request while its bytes arrive, in an array that counts in the {@link
 * InboundMessageBudget} before it grows. For the request's loop only.
 */
final class PostedBody {
  /** Bytes of the first array: an announced length takes no memory. */
  private static final int FIRST_BYTES = 16 << 10;

  /** The receiver of the one result. */
  interface Reader {
    /**
     * Receives the whole body, which counts in the budget until {@link PostedBody#release}.
     *
     * @param bytes begins with the body
     */
    void onWhole(byte[] bytes, int length);

    void onTooLarge();

    void onNoRoom();

    /** Receives the reason to end a request that is not whole in time; on any thread. */
    void onLate(String why);
  }

  private final InboundMessageBudget budget;
  private final IncompleteCalls incomplete;
  private final Party party;
  private final long max;
  private final Reader reader;
  private byte[] bytes = {};
  private int length;
  private long counted;
  private boolean over;
  private IncompleteCalls.@Nullable Call waiting;

  /**
   * @param network the network of the caller's address
   * @param max bytes of the largest body
   */
  PostedBody(BroadcastEntry entry, Object network, long max, Reader reader) {
    this.budget = entry.arrivals();
    this.incomplete = entry.incomplete();
    this.party = new Party(network, null);
    this.max = max;
    this.reader = reader;
  }

  /** Reads the body of a paused request. */
  void read(HttpServerRequest request) {
    waiting =
        new IncompleteCalls.Call(party.address()) {
          @Override
          protected void end(String why) {
            reader.onLate(why);
          }
        };
    incomplete.add(waiting);
    request.handler(this::add).endHandler(_ -> whole()).resume();
  }

  private void add(Buffer chunk) {
    if (over) {
      return;
    }
    int more = chunk.length();
    if (more > max - length) {
      stop();
      reader.onTooLarge();
      return;
    }
    if (length + more > bytes.length) {
      int size = (int) Math.min(max, Math.max(FIRST_BYTES, Math.max(length + more, 2L * length)));
      if (!count(size - bytes.length)) {
        stop();
        reader.onNoRoom();
        return;
      }
      bytes = Arrays.copyOf(bytes, size);
    }
    chunk.getBytes(bytes, length);
    length += more;
  }

  private void whole() {
    if (over) {
      return;
    }
    over = true;
    notWaiting();
    // What is read from the bytes takes as much again at most, until the engine counts it.
    if (count(length)) {
      byte[] read = bytes;
      bytes = new byte[0];
      reader.onWhole(read, length);
    } else {
      stop();
      reader.onNoRoom();
    }
  }

  private boolean count(long more) {
    if (!budget.tryTake(party, more)) {
      return false;
    }
    counted += more;
    return true;
  }

  private void notWaiting() {
    if (waiting != null) {
      incomplete.remove(waiting);
      waiting = null;
    }
  }

  /** Returns whether bytes of the body may still come. */
  boolean isOver() {
    return over;
  }

  /** Ends the reading; further bytes are thrown away. */
  void stop() {
    over = true;
    notWaiting();
    bytes = new byte[0];
    release();
  }

  /** Gives back the memory. */
  void release() {
    if (counted > 0) {
      budget.giveBack(party, counted);
      counted = 0;
    }
  }
}
