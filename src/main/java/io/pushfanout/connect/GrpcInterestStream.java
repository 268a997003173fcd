package io.pushfanout.connect;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.http2.Body;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.RoomsApplied;
import java.net.ProtocolException;
import java.nio.ByteBuffer;

/**
 * One {@code Rooms} call, which stays open: updates of the node come in, and confirmations go out,
 * the last one for all before it.
 */
final class GrpcInterestStream extends GrpcStream implements InterestStream {
  /** Most bytes of an update: the default of gRPC's libraries. */
  private static final int MAX_UPDATE_BYTES = 4 << 20;

  private final Listener listener;

  /** Last number to confirm, and the last one that was sent. */
  private long applied;

  private long sent;

  GrpcInterestStream(Http2Session session, Listener listener) {
    super(session, MAX_UPDATE_BYTES);
    this.listener = listener;
  }

  // ---- methods for the engine

  @Override
  public void applied(long version) {
    applied = version;
    sendApplied();
  }

  private void sendApplied() {
    // Without room the node does not read; the next confirmation is for these too.
    if (applied == sent || roomBytes() == 0) {
      return;
    }
    sent = applied;
    byte[] message = RoomsApplied.newBuilder().setVersion(applied).build().toByteArray();
    byte[] framed =
        ByteBuffer.allocate(MessageEncoder.PREFIX_BYTES + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    session().send(this, Body.of(framed), false);
  }

  // ---- answers of the node

  @Override
  boolean isAwaited() {
    return false;
  }

  @Override
  protected void onRoom() {
    session()
        .later(
            () -> {
              sendApplied();
              session().flush();
            });
  }

  @Override
  void onMessage(byte[] message) throws ProtocolException {
    listener.onUpdate(RoomsUpdateReader.read(message));
  }

  @Override
  void onInvalid(String why) {
    markOver();
    listener.onBroken(why);
  }

  @Override
  protected void onUnprocessed(boolean refused) {
    completeUnseen(refused);
  }

  @Override
  void end(Evidence evidence, StatusCode code, String detail) {
    if (markOver()) {
      listener.onEnded(code, detail);
    }
  }

  @Override
  void endUnseen(Evidence evidence) {
    end(evidence, StatusCode.UNAVAILABLE, "the node has not seen the stream");
  }
}
