package io.pushfanout.server;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.ArrayList;
import java.util.List;

/**
 * A guard against messages that go round in a circle of fan-out servers. Each message carries the
 * processes that it has passed through. A process that is on the list refuses the message, and so
 * does the last process of too long a chain.
 *
 * <p>A list is parsed entry by entry, so that a caller's list costs no more than the permitted
 * entries, however long it is.
 */
final class LoopGuard {
  /** Splitter of a list, without empty entries, as in HTTP's lists (RFC 9110, section 5.6.1). */
  private static final Splitter ENTRIES =
      Splitter.on(',').trimResults(CharMatcher.anyOf(" \t")).omitEmptyStrings();

  private static final Passage FULL =
      new Passage.Refused(
          "the message has gone through %d processes, the most that there may be"
              .formatted(Via.MAX_PROCESSES));
  private static final Passage RETURNED =
      new Passage.Refused("the message has come back to a process that it has gone through");

  private final ProcessId self;
  private final Passage fromOutside;

  LoopGuard(ProcessId self) {
    this.self = self;
    fromOutside = new Passage.Onward(Via.from(self));
  }

  /** The decision about a message, by the processes that it has passed through. */
  sealed interface Passage {
    /**
     * The message is passed on.
     *
     * @param via the list with this process
     */
    record Onward(Via via) implements Passage {}

    /** The message is refused: it has come back, or passed through too many processes. */
    record Refused(String why) implements Passage {}
  }

  /**
   * Decides about a call's message.
   *
   * @throws InvalidCall when an entry of the list can be no process
   */
  Passage check(CallMetadata headers) throws InvalidCall {
    return check(headers.all(Via.METADATA));
  }

  /**
   * Decides about a message.
   *
   * @param values lists of the processes that it has gone through
   * @throws InvalidCall when an entry of a list can be no process
   */
  Passage check(List<String> values) throws InvalidCall {
    if (values.isEmpty()) {
      return fromOutside;
    }
    List<ProcessId> through = new ArrayList<>(Via.MAX_PROCESSES);
    for (String value : values) {
      for (String entry : ENTRIES.split(value)) {
        ProcessId process = process(entry);
        if (process.equals(self)) {
          return RETURNED;
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
