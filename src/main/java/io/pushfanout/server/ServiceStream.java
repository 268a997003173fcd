package io.pushfanout.server;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.EncodedReply;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import org.jspecify.annotations.Nullable;

/**
 * A call of health or reflection: its messages pass to gRPC's library and back. The library may
 * call back on any thread; everything else runs on the connection's loop.
 */
final class ServiceStream extends GrpcStream {
  private static final CallStatus TOO_LARGE =
      CallStatus.of(
          StatusCode.RESOURCE_EXHAUSTED,
          "the request is larger than " + ServiceProxy.MAX_NAME_BYTES + " bytes");

  private static final CallStatus BROKEN =
      CallStatus.of(StatusCode.INVALID_ARGUMENT, "the request cannot be parsed");

  private final ServiceProxy proxy;
  private final ServiceProxy.Method method;
  private final boolean compressed;
  private RequestBody body;
  private boolean whole;
  private int messages;
  private boolean counted;
  private boolean replyBegun;
  private @Nullable ClientCall<byte[], byte[]> call;

  ServiceStream(
      ServiceProxy proxy,
      CallerSession session,
      CallMeter.Counts counts,
      CallRouter.Route.ToService route) {
    super(session, counts, proxy.incomplete(), route.timeoutNanos());
    this.proxy = proxy;
    this.method = route.method();
    this.compressed = route.compressed();
    this.body = newBody();
  }

  private RequestBody newBody() {
    return new RequestBody(
        ServiceProxy.MAX_NAME_BYTES, compressed, null, new Party(session().network(), null));
  }

  @Override
  void begin() {
    if (!method.isUnary()) {
      Refused refused = proxy.streams().tryBegin(session().network());
      if (refused != null) {
        refuse(CallStatus.of(refused));
        return;
      }
      counted = true;
    }
    ClientCall<byte[], byte[]> begun = proxy.channel().newCall(method.calls(), CallOptions.DEFAULT);
    call = begun;
    begun.start(new Replies(), new Metadata());
    begun.request(1);
  }

  // ---- the request

  @Override
  boolean isIncomplete() {
    return method.isUnary() && !whole;
  }

  @Override
  protected void onData(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    while (data.isReadable() && !isOver()) {
      take(data);
    }
    session().connection().consumed(this, size);
    if (end && !isOver() && body.result() instanceof RequestBody.Result.Refused(var fault)) {
      refuse(fault);
    } else if (end && !isOver()) {
      whole = true;
      onRequestWhole();
      if (call != null) {
        call.halfClose();
      }
    }
  }

  private void take(ByteBuf data) {
    if (messages > 0 && method.takesOneRequest()) {
      refuse(RequestBody.Fault.Malformed.SECOND_MESSAGE);
      return;
    }
    RequestBody.Fault fault = body.add(data);
    if (fault != null) {
      refuse(fault);
    } else if (body.isWhole()) {
      RequestBody.Result message = body.result();
      body = newBody();
      switch (message) {
        case RequestBody.Result.Message request when method.accepts(request.bytes) ->
            send(request.bytes);
        case RequestBody.Result.Refused(RequestBody.Fault why) -> refuse(why);
        default -> refuse(BROKEN);
      }
    }
  }

  private void refuse(RequestBody.Fault fault) {
    refuse(fault instanceof RequestBody.Fault.Malformed malformed ? malformed.status : TOO_LARGE);
  }

  private void send(byte[] message) {
    messages++;
    if (call != null) {
      call.sendMessage(message);
    }
  }

  // ---- the reply

  private final class Replies extends ClientCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      onLoop(() -> reply(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      onLoop(() -> finish(status, trailers));
    }
  }

  private void onLoop(Runnable task) {
    if (session().loop().inEventLoop()) {
      task.run();
    } else {
      session().loop().execute(task);
    }
  }

  private void reply(byte[] message) {
    if (isOver()) {
      return;
    }
    if (!replyBegun) {
      replyBegun = true;
      session().connection().sendHeaders(this, GrpcReplies.headers());
    }
    session().connection().send(this, Body.of(GrpcReplies.framed(message)));
    requestMore();
  }

  /** Requests the next message once flow control has let this one pass. */
  private void requestMore() {
    if (call != null && session().connection().room(this) > 0) {
      call.request(1);
    }
  }

  @Override
  protected void onRoom() {
    if (!isOver()) {
      requestMore();
    }
  }

  private void finish(Status status, Metadata trailers) {
    if (!isOver()) {
      call = null;
      finish(
          CallStatus.of(StatusCode.valueOf(status.getCode().name()), status.getDescription()),
          trailers);
    }
  }

  @Override
  void refuse(CallStatus status) {
    if (!isOver()) {
      finish(status, new Metadata());
    }
  }

  private void finish(CallStatus end, Metadata trailers) {
    byte[] block = GrpcReplies.trailers(end, trailers, replyBegun);
    if (replyBegun) {
      session().connection().finish(this, block);
    } else {
      session().connection().reply(this, EncodedReply.ofHeaders(block));
    }
    end(end);
  }

  @Override
  void onOver(CallStatus status) {
    if (counted) {
      counted = false;
      proxy.streams().ended(session().network());
    }
    ClientCall<byte[], byte[]> left = call;
    call = null;
    if (left != null) {
      left.cancel("the call is over", null);
    }
  }
}
