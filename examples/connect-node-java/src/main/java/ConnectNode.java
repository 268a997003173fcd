import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.PushServerGrpc;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A connect-node: it takes broadcasts over gRPC and registers itself in etcd.
 *
 * <pre>ConnectNode HOST PORT ETCD-ENDPOINT [ROOM...]</pre>
 */
final class ConnectNode extends PushServerGrpc.PushServerImplBase {
  private static final long TTL_SECONDS = 10;
  private static final long TIMEOUT_SECONDS = 3;

  private final RecentMessages recent = new RecentMessages();

  /**
   * Reaches every user of this node. Here it is printed; a real node writes to its sockets, and
   * answers once the message is in its own buffers, not when the last user has it.
   */
  @Override
  public void broadcast(BroadCastReq request, StreamObserver<BroadCastReply> reply) {
    if (!recent.isDouble(request)) {
      System.out.println("all: " + request.getProto().getBody().toStringUtf8());
    }
    ok(reply);
  }

  /** Reaches the users of roomId's room; proto.roomid has no effect. */
  @Override
  public void broadcastToRoom(BroadCastRoomReq request, StreamObserver<BroadCastReply> reply) {
    if (!recent.isDouble(request)) {
      System.out.println(
          "room " + request.getRoomId() + ": " + request.getProto().getBody().toStringUtf8());
    }
    ok(reply);
  }

  private static void ok(StreamObserver<BroadCastReply> reply) {
    reply.onNext(BroadCastReply.newBuilder().setCode("0").setMsg("OK").build());
    reply.onCompleted();
  }

  /** Keeps the key in etcd until it is interrupted. Whatever goes wrong, it begins anew. */
  private static void register(String endpoint, String address) {
    while (!Thread.currentThread().isInterrupted()) {
      // A client of its own each time: jetcd's own ways to recover are slow, or none.
      try (Client etcd = Client.builder().endpoints(endpoint).build()) {
        hold(etcd, utf8("/services/connect-node/" + address), utf8(address));
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        System.err.println("not registered for now: " + e);
      }
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Keeps the key under a lease; returns when either is lost. */
  private static void hold(Client etcd, ByteSequence key, ByteSequence address) throws Exception {
    long lease = get(etcd.getLeaseClient().grant(TTL_SECONDS)).getID();
    try {
      PutOption underLease = PutOption.builder().withLeaseId(lease).build();
      get(etcd.getKVClient().put(key, address, underLease));
      do {
        Thread.sleep(TTL_SECONDS * 1000 / 3);
        get(etcd.getLeaseClient().keepAliveOnce(lease));
      } while (get(etcd.getKVClient().get(key)).getCount() > 0);
    } catch (InterruptedException e) {
      // Removes the key, so that the servers need not wait for the end of the lease.
      get(etcd.getLeaseClient().revoke(lease));
      throw e;
    }
  }

  /** None of jetcd's calls ends by itself while etcd is away. */
  private static <T> T get(Future<T> call) throws Exception {
    return call.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    String host = arguments[0];
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(host, Integer.parseInt(arguments[1])))
            .addService(new ConnectNode())
            .intercept(RecentMessages.ID_OF_CALL)
            .maxInboundMessageSize(100 << 20)
            // PushFanout pings rarely; this setting permits more frequent pings.
            .permitKeepAliveTime(20, TimeUnit.SECONDS);
    List<String> rooms = List.of(arguments).subList(3, arguments.length);
    if (!rooms.isEmpty()) {
      builder.addService(new Rooms(rooms));
    }
    Server server = builder.build().start();
    String address = host + ":" + server.getPort();
    Thread registration = Thread.ofPlatform().start(() -> register(arguments[2], address));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, registration)));
    server.awaitTermination();
  }

  /** The servers stop sending first, then the calls end, then the connections. */
  private static void stop(Server server, Thread registration) {
    try {
      registration.interrupt();
      registration.join();
      Thread.sleep(1000);
      server.shutdown().awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      server.shutdownNow();
    }
  }
}
