package io.pushfanout.conformance;

import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.Status;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An observer of one {@code Rooms} stream: the listing, one update more, and the end. All rules
 * read the same observation, as a node has one such stream from each process.
 */
final class RoomsObserver {
  /** Silence that breaks the rule of 3 s, with some time for the way. */
  private static final long SILENCE_MILLIS = 3500;

  private final Channel connection;
  private final long listingMillis;
  private @Nullable Observation observation;

  /**
   * The events of a stream.
   *
   * @param silent whether no update came for too long
   * @param early status of a stream that ended before the check's half-close; null: none did
   * @param end status after the half-close; null: none came
   */
  record Observation(
      List<RoomsUpdate> updates, boolean silent, @Nullable Status early, @Nullable Status end) {
    boolean complete() {
      return updates.stream().anyMatch(RoomsUpdate::getComplete);
    }
  }

  /**
   * @param listingMillis time that a listing may take
   */
  RoomsObserver(Channel connection, long listingMillis) {
    this.connection = connection;
    this.listingMillis = listingMillis;
  }

  Observation observe() throws MissingServiceException, InterruptedException {
    if (observation == null) {
      observation = observed();
    }
    return observation;
  }

  private Observation observed() throws MissingServiceException, InterruptedException {
    List<RoomsUpdate> updates = new ArrayList<>();
    Deadline listing = Deadline.after(listingMillis, TimeUnit.MILLISECONDS);
    boolean complete = false;
    boolean followed = false;
    boolean silent = false;
    try (Exchange<RoomsApplied, RoomsUpdate> stream =
        new Exchange<>(InterestGrpc.newStub(connection)::rooms)) {
      while (!followed && !silent && (complete || !listing.isExpired())) {
        RoomsUpdate update = stream.next(Deadline.after(SILENCE_MILLIS, TimeUnit.MILLISECONDS));
        if (update == null) {
          Status early = stream.ended();
          if (early != null) {
            return new Observation(updates, false, early, null);
          }
          silent = true;
        } else {
          followed = complete;
          complete |= update.getComplete();
          updates.add(update);
          stream.send(RoomsApplied.newBuilder().setVersion(update.getVersion()).build());
        }
      }
      stream.end();
      return new Observation(updates, silent, null, stream.ended());
    }
  }
}
