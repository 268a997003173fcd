package io.pushfanout.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/** The channel handler of a {@link ServerConnection}, which reads the client's preface first. */
final class ServerFrameHandler extends FrameHandler {
  private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

  private int matched;

  ServerFrameHandler(
      ServerConnection connection, FrameReader reader, FrameReader.Listener inbound) {
    super(connection, reader, inbound);
  }

  /** Reads the text of the client's preface (RFC 9113, 3.4), which may come in pieces. */
  @Override
  boolean readPreface(ByteBuf in) throws Http2Exception {
    while (matched < PREFACE.readableBytes() && in.isReadable()) {
      if (in.readByte() != PREFACE.getByte(matched)) {
        throw Http2Exception.connectionError(
            Http2Error.PROTOCOL_ERROR, "the connection does not begin with HTTP/2's preface");
      }
      matched++;
    }
    return matched == PREFACE.readableBytes();
  }
}
