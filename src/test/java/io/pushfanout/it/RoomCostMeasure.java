package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.pushfanout.fanout.NodeSnapshot;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Prints the processor time of a broadcast to a room on 10 of 1,000 nodes, and of one to all; run
 * its main method. The nodes are in this process; the time is that of the server's event loops.
 */
final class RoomCostMeasure {
  private static final int NODES = 1000;
  private static final int HOLDERS = 10;
  private static final int ROUNDS = 5;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RoomCostMeasure() {}

  public static void main(String[] arguments) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<RoomNode> nodes =
        IntStream.range(0, NODES).mapToObj(_ -> new RoomNode(loops, true)).toList();
    var ticks = Executors.newSingleThreadScheduledExecutor();
    try (LiveManager server = new LiveManager()) {
      server.apply(nodes.stream().map(RoomNode::address).toList(), s -> s.queueSize(100_000));
      for (int i = 0; i < NODES; i++) {
        String room = "room-" + i % (NODES / HOLDERS);
        nodes.get(i).join(new RoomUser(nodes.get(i), room));
      }
      var _ =
          ticks.scheduleAtFixedRate(
              () -> nodes.forEach(node -> node.turn(System.nanoTime())), 0, 1, TimeUnit.SECONDS);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> nodes.stream().allMatch(node -> isRouted(server, node)));
      measure(server);
    } finally {
      ticks.shutdownNow();
      nodes.forEach(RoomNode::close);
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static boolean isRouted(LiveManager server, RoomNode node) {
    NodeSnapshot now = server.node(node.address());
    return now.routing() == Routing.ROUTED && now.rooms() == 1;
  }

  private static void measure(LiveManager server) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(server.grpc()).usePlaintext().build();
    PushServerBlockingStub caller = PushServerGrpc.newBlockingStub(channel);
    Proto message = Proto.newBuilder().setBody(ByteString.copyFrom(new byte[100])).build();
    for (int round = 1; round <= ROUNDS; round++) {
      double room =
          cost(
              server,
              5000,
              HOLDERS,
              i ->
                  caller.broadcastToRoom(
                      BroadCastRoomReq.newBuilder()
                          .setRoomId("room-" + i % (NODES / HOLDERS))
                          .setProto(message)
                          .build()));
      double all =
          cost(
              server,
              200,
              NODES,
              _ -> caller.broadcast(BroadCastReq.newBuilder().setProto(message).build()));
      System.out.printf(
          "round %d: %.1f us to a room on %d nodes, %.0f us to all %d: 1/%.0f%n",
          round, room, HOLDERS, all, NODES, all / room);
    }
    channel.shutdownNow();
  }

  /** Returns the microseconds of the server's loops for each broadcast. */
  private static double cost(
      LiveManager server, int broadcasts, int nodes, IntFunction<BroadCastReply> broadcast) {
    long before = loopNanos();
    for (int i = 0; i < broadcasts; i++) {
      BroadCastReply reply = broadcast.apply(i);
      if (reply.getAccepted() != nodes) {
        throw new IllegalStateException("unexpected: " + reply);
      }
    }
    await().atMost(Duration.ofSeconds(60)).until(server::isQuiet);
    return (loopNanos() - before) / 1e3 / broadcasts;
  }

  private static long loopNanos() {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().startsWith("pushfanout-io"))
        .mapToLong(thread -> THREADS.getThreadCpuTime(thread.getThreadId()))
        .sum();
  }
}
