package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.tools.SomeLimits;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionAgeTest {
  private static final Duration AGE = Duration.ofSeconds(1);

  @Test
  void callsGoToANewConnectionWithoutAFailureAndThoseOfTheOldOneAreAnswered() throws Exception {
    try (RunningServer running = new RunningServer(SomeLimits.connectionAge(AGE))) {
      running.engine.hold();
      Call held = new Call(running);
      FakeEngine.Taken heldBroadcast = running.engine.next();
      running.engine.answerWith(FakeEngine.answered(1, 0));
      SocketAddress first = answered(new Call(running));

      long start = System.nanoTime();
      while (answered(new Call(running)).equals(first)) {
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AGE.multipliedBy(20));
      }

      heldBroadcast.answer().accept(FakeEngine.answered(1, 0));
      assertThat(answered(held)).as("the connection of the call that was held").isEqualTo(first);
    }
  }

  private static SocketAddress answered(Call call) throws Exception {
    assertThat(call.status.get(20, TimeUnit.SECONDS)).isEqualTo(Status.OK);
    return call.from.get(20, TimeUnit.SECONDS);
  }

  /** A broadcast, and the client's side of its connection. */
  private static final class Call extends ClientCall.Listener<BroadCastReply> {
    final CompletableFuture<SocketAddress> from = new CompletableFuture<>();
    final CompletableFuture<Status> status = new CompletableFuture<>();
    private final ClientCall<byte[], BroadCastReply> call;

    Call(RunningServer running) {
      call = running.newCall(Rpc.BROADCAST);
      call.start(this, new Metadata());
      call.request(2);
      call.sendMessage(Requests.broadcast());
      call.halfClose();
    }

    @Override
    public void onClose(Status end, Metadata trailers) {
      SocketAddress local = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
      if (local != null) {
        from.complete(local);
      }
      status.complete(end);
    }
  }
}
