package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.AsciiString;
import io.pushfanout.fanout.NodeConnection;
import io.pushfanout.model.StatusCode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a node sends, after the codec has checked it, and ends calls by it.
 *
 * <p>A reply's bytes are skipped, and its content type is not looked at: {@code grpc-status} alone
 * decides, and whoever sends one speaks gRPC.
 */
final class Answers extends Http2FrameAdapter {
  private static final AsciiString GRPC_STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString GRPC_MESSAGE = AsciiString.cached("grpc-message");
  private static final AsciiString HTTP_OK = AsciiString.cached("200");

  private final Http2Session session;
  private final Codec codec;
  private final Calls calls;
  private final NodeConnection.Listener engine;

  Answers(Http2Session session, Codec codec, Calls calls, NodeConnection.Listener engine) {
    this.session = session;
    this.codec = codec;
    this.calls = calls;
    this.engine = engine;
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    session.onSettings();
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers headers,
      int streamDependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endStream) {
    Call call = calls.get(streamId);
    if (call == null) {
      return;
    }
    if (headers.status() != null) {
      call.httpStatus = headers.status();
    }
    if (endStream) {
      finish(call, headers);
    }
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
    int read = data.readableBytes() + padding;
    Call call = calls.get(streamId);
    if (call != null && endOfStream) {
      finish(call, EmptyHttp2Headers.INSTANCE);
    }
    return read;
  }

  /** The node has said all that it will say. */
  private void finish(Call call, Http2Headers trailers) {
    calls.remove(call.streamId());
    if (codec.isRequestOpen(call.streamId())) {
      // It answered before it had the whole request, and will not read the rest.
      codec.reset(call.streamId(), Http2Error.CANCEL);
    } else {
      codec.closeStream(call.streamId());
    }
    CharSequence grpcStatus = trailers.get(GRPC_STATUS);
    CharSequence httpStatus = call.httpStatus;
    if (grpcStatus != null) {
      StatusCode code = StatusCode.ofHeader(grpcStatus);
      CharSequence text = code == StatusCode.OK ? null : trailers.get(GRPC_MESSAGE);
      complete(call, code, text == null ? "" : PeerText.percentDecoded(text));
    } else if (httpStatus == null || HTTP_OK.contentEquals(httpStatus)) {
      complete(call, StatusCode.UNKNOWN, "the answer has no grpc-status");
    } else {
      String text = PeerText.line("HTTP status " + httpStatus);
      complete(call, StatusMapping.ofHttpStatus(httpStatus), text);
    }
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
    Call call = calls.remove(streamId);
    if (call == null) {
      // After the answer it means that the rest of the request is not wanted.
      return;
    }
    codec.closeStream(streamId);
    @Nullable Http2Error error = Http2Error.valueOf(errorCode);
    if (error == Http2Error.REFUSED_STREAM) {
      engine.onUnprocessed(call.message());
      session.afterCalls();
    } else if (error == Http2Error.CANCEL && call.isDue(System.nanoTime())) {
      complete(call, StatusCode.DEADLINE_EXCEEDED, "cancelled by the node at the deadline");
    } else {
      String text = "reset by the node: " + StatusMapping.nameOf(errorCode);
      complete(call, StatusMapping.ofReset(error), text);
    }
  }

  /**
   * May come twice: a graceful one that names the highest id there is, and later one with the last
   * call that the node will answer.
   */
  @Override
  public void onGoAwayRead(
      ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData) {
    String debug = PeerText.line(debugData.toString(StandardCharsets.UTF_8));
    session.leave(whyGoAway(errorCode, debug), errorCode == Http2Error.NO_ERROR.code());
    for (Call call : calls.above(lastStreamId)) {
      if (calls.remove(call.streamId()) != null) {
        engine.onUnprocessed(call.message());
      }
    }
    session.afterCalls();
  }

  /** Without an error it is routine, such as a connection's greatest age, and is to read so. */
  private static String whyGoAway(long errorCode, String debug) {
    if (errorCode == Http2Error.NO_ERROR.code()) {
      String routine = "the node asks for a new connection in place of this one";
      return debug.isEmpty() ? routine : routine + ": " + debug;
    }
    String error = "the node is going away: " + StatusMapping.nameOf(errorCode);
    return debug.isEmpty() ? error : error + " " + debug;
  }

  private void complete(Call call, StatusCode code, String detail) {
    engine.onCompleted(call.message(), code, detail);
    session.afterCalls();
  }
}
