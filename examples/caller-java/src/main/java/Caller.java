import static io.grpc.Metadata.ASCII_STRING_MARSHALLER;
import static io.grpc.netty.NettyChannelBuilder.forTarget;
import static io.pushfanout.protocol.PushServerGrpc.newBlockingStub;
import static java.nio.file.Files.readString;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Metadata.Key;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc.PushServerBlockingStub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A caller that repeats a message until each node has taken it. */
final class Caller {
  private static final int ATTEMPTS = 10;
  private final List<PushServerBlockingStub> replicas = new ArrayList<>();
  private int turn;

  BroadCastReply send(BroadCastReq request) throws Exception {
    var headers = new HashMap<>(Map.of("pushfanout-message-id", UUID.randomUUID().toString()));
    String target = System.getenv("PUSHFANOUT_TARGET");
    if (target != null) headers.put("pushfanout-target", target);
    for (int attempt = 1; ; attempt++) {
      long pause = ThreadLocalRandom.current().nextLong(Math.min(100L << attempt, 5_000));
      try {
        BroadCastReply reply = attempt(request, headers);
        if (attempt == ATTEMPTS || List.of("0", "3").contains(reply.getCode())) return reply;
        // A reply names at most 100 nodes. When more have dropped the message, all get it again.
        if (reply.getCode().equals("1") && reply.getDropped() == reply.getDroppedNodesCount())
          headers.put("pushfanout-nodes", String.join(",", reply.getDroppedNodesList()));
      } catch (StatusRuntimeException e) {
        boolean again = e.getStatus().getCode() == Status.Code.UNAVAILABLE;
        for (Any detail : StatusProto.fromThrowable(e).getDetailsList()) {
          if (!detail.is(RetryInfo.class)) continue;
          Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          pause = delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000;
          again = true;
        }
        if (attempt == ATTEMPTS || !again) throw e;
      }
      Thread.sleep(pause);
    }
  }

  BroadCastReply attempt(BroadCastReq request, Map<String, String> headers) throws Exception {
    // Another process may renew the token at any time.
    String file = System.getenv("PUSHFANOUT_TOKEN_FILE");
    if (file != null) headers.put("authorization", "Bearer " + readString(Path.of(file)).strip());
    Metadata metadata = new Metadata();
    headers.forEach((name, value) -> metadata.put(Key.of(name, ASCII_STRING_MARSHALLER), value));
    return replicas
        .get(turn++ % replicas.size())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .withDeadlineAfter(5, TimeUnit.SECONDS)
        .broadcast(request);
  }

  public static void main(String[] arguments) throws Exception {
    Caller caller = new Caller();
    for (String to : System.getenv().getOrDefault("PUSHFANOUT_TO", "127.0.0.1:50053").split(",")) {
      caller.replicas.add(newBlockingStub(forTarget(to).usePlaintext().build()));
    }
    Proto message = Proto.newBuilder().setBody(ByteString.copyFromUtf8(arguments[0])).build();
    try {
      BroadCastReply reply = caller.send(BroadCastReq.newBuilder().setProto(message).build());
      System.out.println(reply.getMsg() + ": " + reply.getDesc());
      System.exit(reply.getCode().equals("0") ? 0 : 1);
    } catch (StatusRuntimeException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
