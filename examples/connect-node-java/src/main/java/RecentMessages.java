import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The last messages with an id, to drop a message that comes again. */
final class RecentMessages {
  private static final int REMEMBERED = 100_000;
  private static final Context.Key<String> ID = Context.key("message id");
  private static final Metadata.Key<String> METADATA =
      Metadata.Key.of("pushfanout-message-id", Metadata.ASCII_STRING_MARSHALLER);

  /** Puts the id of a call's message where the call's method finds it. */
  static final ServerInterceptor ID_OF_CALL =
      new ServerInterceptor() {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
          Context context = Context.current().withValue(ID, headers.get(METADATA));
          return Contexts.interceptCall(context, call, headers, next);
        }
      };

  /** Keys of the messages, the oldest first. */
  private final Map<String, Boolean> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> oldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * Remembers the message of the current call. Returns whether one with the same id, method and
   * bytes has come before.
   */
  boolean isDouble(Message request) {
    String id = ID.get();
    if (id == null) {
      return false;
    }
    String method = request.getDescriptorForType().getName();
    String key = id + " " + method + " " + HexFormat.of().formatHex(sha256(request.toByteArray()));
    synchronized (known) {
      return known.putIfAbsent(key, true) != null;
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each Java has SHA-256", e);
    }
  }
}
