package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * A reader of header blocks, one after the other, each from a HEADERS frame and its CONTINUATION
 * frames. A block that is too long keeps its first fields; the rest is dropped on arrival. So the
 * reader holds no more than the bound and one frame, and only an endless block ends the connection.
 */
final class HeaderBlockReader {
  /**
   * Most encoded bytes of a block: no reply needs more, and each byte costs time even if it is
   * dropped.
   */
  private static final int MAX_BLOCK_BYTES = 1 << 20;

  /**
   * Most frames of a block: each costs time, however short it is. 64 frames of the greatest length
   * are 1 MiB.
   */
  private static final int MAX_FRAMES = 1024;

  private final HeaderDecoder decoder;
  private final int maxHeldBytes;

  /** Stream of the open block; 0 while no block is open. */
  private int streamId;

  private boolean endStream;
  private int bytes;
  private int frames;
  private @Nullable ByteBuf held;
  private @Nullable HeaderExcess excess;
  private @Nullable Http2Headers kept;

  /** Malformed headers: an error of the stream once the block has ended. */
  private Http2Exception.@Nullable StreamException malformed;

  /**
   * @param maxHeldBytes the most encoded bytes held of a block; the decoder bounds the decoded ones
   */
  HeaderBlockReader(HeaderDecoder decoder, int maxHeldBytes) {
    this.decoder = decoder;
    this.maxHeldBytes = maxHeldBytes;
  }

  /**
   * Returns the stream of the open block, 0 for none. Until the block ends, only its CONTINUATION
   * may come.
   */
  int openStream() {
    return streamId;
  }

  /** Begins the block of a HEADERS frame; its fragment follows by {@link #add}. */
  void begin(int stream, boolean endsStream) {
    streamId = stream;
    endStream = endsStream;
    bytes = 0;
    frames = 0;
  }

  /**
   * Adds a fragment of the open block, and passes the headers to the listener after the last one.
   *
   * @throws Http2Exception of the connection
   */
  void add(ByteBuf fragment, boolean last, ByteBufAllocator alloc, FrameReader.Listener listener)
      throws Http2Exception {
    bytes += fragment.readableBytes();
    if (bytes > MAX_BLOCK_BYTES || ++frames > MAX_FRAMES) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM,
          "a header block of more than %d bytes or %d frames",
          MAX_BLOCK_BYTES,
          MAX_FRAMES);
    }
    if (excess != null) {
      excess.add(fragment);
    } else if (held != null || !last || bytes > maxHeldBytes) {
      hold(fragment, alloc);
    }
    if (last) {
      end(fragment, listener);
    }
  }

  private void hold(ByteBuf fragment, ByteBufAllocator alloc) throws Http2Exception {
    if (held == null) {
      held = alloc.buffer(2 * fragment.readableBytes());
    }
    ByteBuf all = held.writeBytes(fragment);
    if (bytes > maxHeldBytes) {
      keepWholeFields(all);
      close();
    }
  }

  private void keepWholeFields(ByteBuf all) throws Http2Exception {
    FieldScanner scanner = new FieldScanner();
    ByteBuf ahead = all.duplicate();
    int end = ahead.readerIndex();
    while (ahead.isReadable()) {
      if (scanner.skipField(ahead)) {
        end = ahead.readerIndex();
      }
    }
    try {
      kept = decoder.decode(streamId, all.readSlice(end - all.readerIndex())).headers();
    } catch (Http2Exception.StreamException e) {
      malformed = e;
    }
    excess = new HeaderExcess(decoder, streamId);
    excess.add(all);
  }

  private void end(ByteBuf fragment, FrameReader.Listener listener) throws Http2Exception {
    int stream = streamId;
    streamId = 0;
    try {
      if (excess == null) {
        HeaderDecoder.Decoded decoded;
        try {
          decoded = decoder.decode(stream, held == null ? fragment : held);
        } catch (Http2Exception.StreamException e) {
          listener.onMalformedHeaders(e);
          return;
        }
        listener.onHeaders(stream, decoded.headers(), decoded.whole(), endStream);
        return;
      }
      excess.end();
      if (malformed != null) {
        listener.onMalformedHeaders(malformed);
      } else if (kept != null) {
        listener.onHeaders(stream, kept, false, endStream);
      }
    } finally {
      close();
      excess = null;
      kept = null;
      malformed = null;
    }
  }

  /** Releases the held fragments. */
  void close() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
