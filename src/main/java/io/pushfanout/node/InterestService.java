package io.pushfanout.node;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A service that lists the rooms of the node's users. */
final class InterestService extends InterestGrpc.InterestImplBase {
  private final UserServer users;

  InterestService(UserServer users) {
    this.users = users;
  }

  @Override
  public StreamObserver<RoomsApplied> rooms(StreamObserver<RoomsUpdate> updates) {
    return new Listing(users, (ServerCallStreamObserver<RoomsUpdate>) updates);
  }

  /**
   * A stream to one process. gRPC's threads hand each event over to the users' event loop, which
   * alone touches the listing.
   */
  private static final class Listing implements StreamObserver<RoomsApplied>, RoomListing.Stream {
    private final UserServer users;
    private final ServerCallStreamObserver<RoomsUpdate> updates;

    /** Listing of this stream, for the event loop. */
    private @Nullable RoomListing listing;

    private boolean over;

    Listing(UserServer users, ServerCallStreamObserver<RoomsUpdate> updates) {
      this.users = users;
      this.updates = updates;
      // A process that confirms faster than the loop reads is held back.
      updates.disableAutoRequest();
      updates.setOnReadyHandler(() -> onLoop(RoomListings::onReady));
      updates.setOnCancelHandler(() -> end(RoomListings::lost));
      users.listings(all -> listing = all.open(this));
      updates.request(1);
    }

    private void onLoop(BiConsumer<RoomListings, RoomListing> task) {
      users.listings(
          all -> {
            RoomListing own = listing;
            if (own != null && !over) {
              task.accept(all, own);
            }
          });
    }

    private void end(BiConsumer<RoomListings, RoomListing> how) {
      onLoop(
          (all, own) -> {
            over = true;
            how.accept(all, own);
          });
    }

    // ---- the process

    @Override
    public void onNext(RoomsApplied confirmed) {
      onLoop(
          (all, own) -> {
            own.applied(confirmed.getVersion());
            if (own.isLost()) {
              over = true;
              all.lost(own);
            } else {
              updates.request(1);
            }
          });
    }

    @Override
    public void onCompleted() {
      end(RoomListings::ended);
    }

    @Override
    public void onError(Throwable broken) {
      end(RoomListings::lost);
    }

    // ---- the listing

    @Override
    public boolean isReady() {
      return updates.isReady();
    }

    @Override
    public void send(RoomsUpdate update) {
      updates.onNext(update);
    }

    @Override
    public void fail(String why) {
      updates.onError(Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException());
    }

    @Override
    public void end() {
      updates.onCompleted();
    }
  }
}
