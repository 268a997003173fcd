package io.pushfanout.conformance;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;

/** A service of rooms that keeps all rules but one; it answers each confirmation by an update. */
final class FaultyInterest extends InterestGrpc.InterestImplBase {
  private static final int UPDATES = 3;

  private final String broken;

  FaultyInterest(String broken) {
    this.broken = broken;
  }

  @Override
  public StreamObserver<RoomsApplied> rooms(StreamObserver<RoomsUpdate> answer) {
    Listing listing = new Listing(answer);
    listing.update();
    return listing;
  }

  private final class Listing implements StreamObserver<RoomsApplied> {
    private final StreamObserver<RoomsUpdate> answer;
    private int updates;

    Listing(StreamObserver<RoomsUpdate> answer) {
      this.answer = answer;
    }

    void update() {
      updates++;
      boolean first = updates == 1;
      boolean last = updates == UPDATES - 1;
      answer.onNext(
          RoomsUpdate.newBuilder()
              .setVersion(last && broken.equals("interest-versions") ? 7 : updates)
              .setReset(first && !broken.equals("interest-first-update"))
              .addJoin(last && broken.equals("interest-names") ? "" : "room-" + updates)
              .setComplete(last && !broken.equals("interest-complete"))
              .build());
    }

    @Override
    public void onNext(RoomsApplied applied) {
      boolean silent = updates == UPDATES - 1 && broken.equals("interest-heartbeat");
      if (!silent) {
        update();
      }
    }

    @Override
    public void onCompleted() {
      if (broken.equals("interest-end")) {
        answer.onError(Status.CANCELLED.asException());
      } else {
        answer.onCompleted();
      }
    }

    @Override
    public void onError(Throwable error) {}
  }
}
