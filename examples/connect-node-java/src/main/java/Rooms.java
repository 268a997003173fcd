import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.v1.InterestGrpc;
import io.pushfanout.protocol.v1.RoomsApplied;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The list of the node's rooms. Here they never change; a real node sends an update for each room
 * that gains its first user or loses its last one, and answers its user when an update with that
 * version or a later one is applied.
 */
final class Rooms extends InterestGrpc.InterestImplBase {
  private static final long BEAT_SECONDS = 2;

  private final List<String> rooms;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rooms").factory());

  Rooms(List<String> rooms) {
    this.rooms = rooms;
  }

  @Override
  public StreamObserver<RoomsApplied> rooms(StreamObserver<RoomsUpdate> updates) {
    Listing listing = new Listing((ServerCallStreamObserver<RoomsUpdate>) updates);
    listing.begin();
    return listing;
  }

  /** One stream, which PushFanout ends. Updates come from the timer's thread alone. */
  private final class Listing implements StreamObserver<RoomsApplied> {
    private final ServerCallStreamObserver<RoomsUpdate> updates;
    private long version;
    private Future<?> beats;

    Listing(ServerCallStreamObserver<RoomsUpdate> updates) {
      this.updates = updates;
      updates.setOnCancelHandler(this::stop);
    }

    synchronized void begin() {
      beats = timer.scheduleAtFixedRate(this::beat, 0, BEAT_SECONDS, TimeUnit.SECONDS);
    }

    private void beat() {
      RoomsUpdate.Builder update = RoomsUpdate.newBuilder().setVersion(++version);
      if (version == 1) {
        update.setReset(true).addAllJoin(rooms).setComplete(true);
      }
      updates.onNext(update.build());
    }

    private synchronized void stop() {
      beats.cancel(false);
    }

    @Override
    public void onNext(RoomsApplied applied) {}

    @Override
    public void onCompleted() {
      stop();
      timer.execute(updates::onCompleted);
    }

    @Override
    public void onError(Throwable broken) {
      stop();
    }
  }
}
