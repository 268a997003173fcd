package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Readiness: the very next broadcast after the first 200 of {@code /readyz} finds its nodes, and
 * the health service agrees by then. Many starts: {@code mvn verify -Plong -Dit.test=ReadyStartsIT
 * -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class ReadyStartsIT {
  private static final int STARTS = LongForm.or(3, 300);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void theFirstBroadcastOfAReadyServerFindsItsNodes() {
    try (EtcdServer etcd = EtcdServer.started();
        PeerNodes nodes = PeerNodes.start(2)) {
      nodes.addresses().forEach(node -> etcd.put("/services/connect-node/" + node, node));
      for (int start = 1; start <= STARTS; start++) {
        try (ServeProcess serve = ServeProcess.bound("--etcd-endpoints", etcd.endpoint())) {
          BroadCastReply reply = firstOfAReadyServer(serve);
          assertThat(reply.getNodes()).as("start %d: %s", start, reply).isEqualTo(2);
        }
      }
    }
    System.out.printf(
        "ReadyStartsIT: %d starts with etcd, a broadcast at the first 200 of /readyz: none"
            + " UNAVAILABLE%n",
        STARTS);
  }

  private static BroadCastReply firstOfAReadyServer(ServeProcess serve) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///" + serve.grpc()).usePlaintext().build();
    try {
      // An open connection leaves the server no time between readiness and the call.
      health(channel);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (serve.readyCode() != 200) {
        assertThat(System.nanoTime()).as("%s", serve.stderr()).isLessThan(deadline);
      }
      BroadCastReply reply =
          PushServerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
              .broadcast(
                  BroadCastReq.newBuilder()
                      .setProto(Proto.newBuilder().setBody(ByteString.copyFromUtf8("first")))
                      .build());
      assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
      return reply;
    } finally {
      channel.shutdownNow();
    }
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
