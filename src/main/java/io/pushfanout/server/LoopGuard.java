package io.pushfanout.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.InvalidCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends messages that would go round in a circle of fan-out servers: each message carries the
 * processes that it has gone through, and is refused by one that it has gone through before, and by
 * the last of too long a chain.
 *
 * <p>A list is looked at entry by entry, so that a caller's costs no more than the entries that one
 * may have, however long it is.
 */
final class LoopGuard {
  private static final Metadata.Key<String> VIA =
      Metadata.Key.of(Via.METADATA, Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LOOP =
      Metadata.Key.of(Via.LOOP_TRAILER, Metadata.ASCII_STRING_MARSHALLER);

  /** Empty entries are none, as in HTTP's lists (RFC 9110, section 5.6.1). */
  private static final Splitter ENTRIES =
      Splitter.on(',').trimResults(CharMatcher.anyOf(" \t")).omitEmptyStrings();

  private static final Passage FULL =
      new Passage.Refused(
          "the message has gone through %d processes, the most that there may be"
              .formatted(Via.MAX_PROCESSES));
  private static final Passage BACK =
      new Passage.Refused("the message has come back to a process that it has gone through");

  private final ProcessId self;
  private final Passage fromOutside;

  LoopGuard(ProcessId self) {
    this.self = self;
    fromOutside = new Passage.Onward(Via.from(self));
  }

  /** What becomes of a message by the processes that it has gone through. */
  sealed interface Passage {
    /**
     * It is passed on.
     *
     * @param via with this process
     */
    record Onward(Via via) implements Passage {}

    /** It is not: it has come back, or come too far. */
    record Refused(String why) implements Passage {
      Status status() {
        return Status.FAILED_PRECONDITION.withDescription(why);
      }

      /** By which the process that sent the message knows it. */
      Metadata trailers() {
        Metadata trailers = new Metadata();
        trailers.put(LOOP, "1");
        return trailers;
      }
    }
  }

  /**
   * Of a call's message.
   *
   * @throws InvalidCall when an entry of the list can be no process
   */
  Passage judge(Metadata headers) throws InvalidCall {
    @Nullable Iterable<String> values = headers.getAll(VIA);
    if (values == null) {
      return fromOutside;
    }
    List<ProcessId> through = new ArrayList<>(Via.MAX_PROCESSES);
    for (String value : values) {
      for (String entry : ENTRIES.split(value)) {
        ProcessId process = process(entry);
        if (process.equals(self)) {
          return BACK;
        }
        if (through.size() == Via.MAX_PROCESSES - 1) {
          return FULL;
        }
        through.add(process);
      }
    }
    if (through.isEmpty()) {
      return fromOutside;
    }
    through.add(self);
    return new Passage.Onward(Via.of(through));
  }

  private static ProcessId process(String entry) throws InvalidCall {
    try {
      return new ProcessId(entry);
    } catch (IllegalArgumentException e) {
      throw new InvalidCall(Via.METADATA + ": " + e.getMessage());
    }
  }
}
