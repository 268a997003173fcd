import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.grpc.*;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.TimeUnit;

/** A caller that repeats a message until each node has taken it. */
record Caller(List<Channel> replicas) {
  BroadCastReply send(BroadCastReq request) throws Exception {
    var headers = new HashMap<>(Map.of("pushfanout-message-id", UUID.randomUUID().toString()));
    String target = System.getenv("PUSHFANOUT_TARGET");
    if (target != null) headers.put("pushfanout-target", target);
    for (int attempt = 1, turn = (int) (Math.random() * replicas.size()); ; attempt++, turn++) {
      String file = System.getenv("PUSHFANOUT_TOKEN_FILE");
      if (file != null)
        headers.put("authorization", "Bearer " + Files.readString(Path.of(file)).strip());
      Metadata sent = new Metadata();
      headers.forEach((k, v) -> sent.put(Metadata.Key.of(k, Metadata.ASCII_STRING_MARSHALLER), v));
      var interceptor = MetadataUtils.newAttachHeadersInterceptor(sent);
      var channel = ClientInterceptors.intercept(replicas.get(turn % replicas.size()), interceptor);
      var replica = PushServerGrpc.newBlockingStub(channel);
      long pause = (long) (Math.random() * Math.min(100 << attempt, 5_000));
      try {
        BroadCastReply reply = replica.withDeadlineAfter(5, TimeUnit.SECONDS).broadcast(request);
        if (attempt == 10 || reply.getDropped() == 0) return reply;
        // A reply names at most 100 nodes. When more have dropped the message, all get it again.
        if (reply.getCode().equals("1") && reply.getDropped() <= 100)
          headers.put("pushfanout-nodes", String.join(",", reply.getDroppedNodesList()));
      } catch (StatusRuntimeException e) {
        var code = e.getStatus().getCode();
        var details = StatusProto.fromThrowable(e).getDetailsList(); // PushFanout's are RetryInfo
        if (attempt == 10 || details.isEmpty() && code != Status.Code.UNAVAILABLE) throw e;
        for (var detail : details) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          pause = delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000;
        }
      }
      Thread.sleep(pause);
    }
  }

  public static void main(String[] arguments) throws Exception {
    var replicas = new ArrayList<Channel>();
    for (String to : System.getenv("PUSHFANOUT_TO").split(","))
      replicas.add(ManagedChannelBuilder.forTarget(to).usePlaintext().build());
    Proto message = Proto.newBuilder().setBody(ByteString.copyFromUtf8(arguments[0])).build();
    try {
      var reply = new Caller(replicas).send(BroadCastReq.newBuilder().setProto(message).build());
      System.out.println(reply.getMsg() + ": " + reply.getDesc());
      System.exit(reply.getCode().equals("0") ? 0 : 1);
    } catch (StatusRuntimeException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
