package io.pushfanout.conformance;

import io.grpc.Status;
import io.pushfanout.conformance.RoomsObserver.Observation;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The checks of the list of rooms. */
final class InterestRules {
  private static final int NAME_BYTES = 256;

  private InterestRules() {}

  static void firstUpdate(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    Observation seen = node.rooms().observe();
    List<RoomsUpdate> updates = seen.updates();
    if (updates.isEmpty()) {
      throw new ViolationException("a first update", early(seen, "none"));
    }
    RoomsUpdate first = updates.getFirst();
    if (first.getVersion() != 1 || !first.getReset()) {
      throw new ViolationException(
          "a first update with version 1 and reset",
          "version %s and %s"
              .formatted(
                  Long.toUnsignedString(first.getVersion()),
                  first.getReset() ? "reset" : "no reset"));
    }
  }

  static void versions(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    List<RoomsUpdate> updates = node.rooms().observe().updates();
    for (int i = 1; i < updates.size(); i++) {
      long before = updates.get(i - 1).getVersion();
      if (updates.get(i).getVersion() != before + 1) {
        throw new ViolationException(
            "version " + Long.toUnsignedString(before + 1),
            "version " + Long.toUnsignedString(updates.get(i).getVersion()));
      }
    }
  }

  static void complete(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    Observation seen = node.rooms().observe();
    if (!seen.complete()) {
      throw new ViolationException(
          "an update with complete", early(seen, seen.updates().size() + " updates without it"));
    }
  }

  static void heartbeat(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    Observation seen = node.rooms().observe();
    if (seen.silent() || seen.early() != null) {
      throw new ViolationException(
          "an update at least every 3 s on a stream that stays open",
          early(seen, "silence for more than 3 s"));
    }
  }

  static void names(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    for (RoomsUpdate update : node.rooms().observe().updates()) {
      for (String name :
          Stream.concat(update.getJoinList().stream(), update.getLeaveList().stream()).toList()) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > NAME_BYTES) {
          throw new ViolationException(
              "names of 1 to 256 bytes", "one of %d bytes".formatted(bytes));
        }
      }
    }
  }

  static void end(NodeProbe node)
      throws ViolationException, MissingServiceException, InterruptedException {
    Observation seen = node.rooms().observe();
    Status end = seen.end();
    if (end == null || !end.isOk()) {
      throw new ViolationException(
          "the end of the stream with OK after the end of this side",
          end == null ? early(seen, "no end within 1 s") : NodeProbe.describe(end));
    }
  }

  private static String early(Observation seen, String otherwise) {
    Status early = seen.early();
    return early == null ? otherwise : "the end: " + NodeProbe.describe(early);
  }
}
