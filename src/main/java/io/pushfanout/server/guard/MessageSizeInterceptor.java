package io.pushfanout.server.guard;

import static java.util.Objects.requireNonNull;

import com.google.common.io.ByteStreams;
import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.pushfanout.server.guard.InboundByteCounter.Cut;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * An interceptor that passes on a call's message, unless it is above the limit, has no room or is
 * none. It ends such a call while the message still arrives, so that no more than about the limit
 * is ever held.
 */
public final class MessageSizeInterceptor implements ServerInterceptor {
  private static final Status BROKEN =
      Status.INVALID_ARGUMENT.withDescription("the request cannot be parsed");

  private final int maxSize;
  private final Status tooLarge;
  private final @Nullable InboundMessageBudget arrivals;
  private final Runnable onLimited;

  /**
   * @param maxSize bytes after decompression
   * @param tooLarge the status of a message above the limit
   * @param arrivals the budget of arriving bytes; null: none
   * @param onLimited runs for each call that is ended for its size or for want of room
   */
  public MessageSizeInterceptor(
      int maxSize, Status tooLarge, @Nullable InboundMessageBudget arrivals, Runnable onLimited) {
    this.maxSize = maxSize;
    this.tooLarge = tooLarge;
    this.arrivals = arrivals;
    this.onLimited = onLimited;
  }

  /**
   * Returns decompressors that stop one byte above the limit, by which the reader detects the
   * excess.
   */
  public static DecompressorRegistry decompressors(int maxSize) {
    Decompressor gzip =
        new Decompressor() {
          private final Codec.Gzip unlimited = new Codec.Gzip();

          @Override
          public String getMessageEncoding() {
            return unlimited.getMessageEncoding();
          }

          @Override
          public InputStream decompress(InputStream compressed) throws IOException {
            return ByteStreams.limit(unlimited.decompress(compressed), maxSize + 1L);
          }
        };
    return DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false).with(gzip, true);
  }

  /**
   * Returns the limit of arriving bytes: an incompressible message grows a little when compressed.
   */
  private long wireLimit() {
    return maxSize + maxSize / 64 + 1024L;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    InboundByteCounter meter = InboundByteCounter.current();
    meter.watch(wireLimit(), maxSize, arrivals != null, why -> end(call, why));
    return new CuttableListener<>(next.startCall(call, headers), meter);
  }

  /** Ends a call, which is still open: no service here replies before the message is whole. */
  private void end(ServerCall<?, ?> call, Cut why) {
    switch (why) {
      case TOO_LARGE -> {
        call.close(tooLarge, new Metadata());
        onLimited.run();
      }
      case NO_ROOM -> {
        ReplyMapper.refuse(call, requireNonNull(arrivals).refusal());
        onLimited.run();
      }
      case BROKEN -> call.close(BROKEN, new Metadata());
    }
  }

  /** A listener without events of an ended call, though the rest of its message may yet arrive. */
  private static final class CuttableListener<Q> extends SimpleForwardingServerCallListener<Q> {
    private final InboundByteCounter meter;

    CuttableListener(ServerCall.Listener<Q> listener, InboundByteCounter meter) {
      super(listener);
      this.meter = meter;
    }

    @Override
    public void onMessage(Q message) {
      if (!meter.isCut()) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!meter.isCut()) {
        meter.transfer();
        super.onHalfClose();
      }
    }
  }
}
