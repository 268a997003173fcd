package io.pushfanout.server;

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
import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a call whose message is over the limit while it still arrives, so that no more than about
 * the limit is ever held of it.
 */
final class MessageSizeLimit implements ServerInterceptor {
  private final int maxSize;
  private final Status tooLarge;
  private final Runnable onTooLarge;

  /**
   * @param maxSize bytes after decompression
   * @param tooLarge what the caller is told
   * @param onTooLarge is told of each call that is ended here
   */
  MessageSizeLimit(int maxSize, Status tooLarge, Runnable onTooLarge) {
    this.maxSize = maxSize;
    this.tooLarge = tooLarge;
    this.onTooLarge = onTooLarge;
  }

  /**
   * Decompresses no further than one byte over the limit, by which the reader sees that it is over.
   */
  static DecompressorRegistry decompressors(int maxSize) {
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

  /** What does not compress grows a little when compressed; the exact size is looked at later. */
  private long wireLimit() {
    return maxSize + maxSize / 64 + 1024L;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    CuttableListener<Q> listener = new CuttableListener<>(next.startCall(call, headers));
    WireMeter.ofThisCall()
        .watch(
            wireLimit(),
            () -> {
              // Nobody has closed it yet: no service here answers before the message is whole.
              listener.cut = true;
              call.close(tooLarge, new Metadata());
              onTooLarge.run();
            });
    return listener;
  }

  /** Hears no more of a message once it is over the limit, though the rest of it may yet arrive. */
  private static final class CuttableListener<Q> extends SimpleForwardingServerCallListener<Q> {
    private boolean cut;

    CuttableListener(ServerCall.Listener<Q> listener) {
      super(listener);
    }

    @Override
    public void onMessage(Q message) {
      if (!cut) {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!cut) {
        super.onHalfClose();
      }
    }
  }
}
