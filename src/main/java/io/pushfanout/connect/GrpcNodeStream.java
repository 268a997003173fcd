package io.pushfanout.connect;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.net.ProtocolException;
import java.util.List;

/**
 * One {@code Deliver} call, which stays open: requests of the engine go out, and acknowledgements
 * of the node come in. An answer that breaks the rules ends the stream.
 */
final class GrpcNodeStream extends GrpcStream implements NodeStream {
  /**
   * Most bytes of a response: some hundred failures with their texts. A node with more failures
   * sends several responses.
   */
  private static final int MAX_RESPONSE_BYTES = 64 << 10;

  private final Listener engine;
  private final Acknowledgements acknowledgements = new Acknowledgements();

  GrpcNodeStream(Http2Session session, Listener engine) {
    super(session, MAX_RESPONSE_BYTES);
    this.engine = engine;
  }

  // ---- methods for the engine

  @Override
  public int room() {
    int bytes = roomBytes();
    return bytes == 0 ? 0 : Math.max(1, bytes - MessageEncoder.PREFIX_BYTES);
  }

  @Override
  public void send(List<QueuedMessage> batch) {
    acknowledgements.sent(batch.size());
    session().send(this, new BatchRequest(batch), false);
  }

  // ---- answers of the node

  @Override
  boolean isAwaited() {
    return isFinished() || acknowledgements.isAnythingOpen();
  }

  @Override
  void onMessage(byte[] message) throws ProtocolException {
    acknowledgements.add(message);
  }

  /**
   * Reports what is acknowledged; acknowledgements before an invalid one are valid all the same.
   */
  @Override
  void afterMessages() {
    int count = acknowledgements.count();
    if (count > 0) {
      var failures = acknowledgements.failures();
      acknowledgements.markReported();
      engine.onAcknowledged(count, failures);
    }
  }

  @Override
  void onInvalid(String why) {
    complete(Evidence.PRESENT, StatusCode.INTERNAL, why);
  }

  @Override
  protected void onUnprocessed(boolean refused) {
    if (acknowledgements.isAnythingAcknowledged()) {
      String text = "the node takes back what it has acknowledged";
      complete(Evidence.PRESENT, StatusCode.UNAVAILABLE, text);
    } else {
      completeUnseen(refused);
    }
  }

  /**
   * Notifies the engine in a later task, because another stream may be in the middle of sending.
   */
  @Override
  protected void onRoom() {
    session()
        .later(
            () -> {
              if (room() > 0) {
                engine.onWritable();
              }
            });
  }

  @Override
  void end(Evidence evidence, StatusCode code, String detail) {
    if (markOver()) {
      engine.onEnded(evidence, code, detail);
    }
  }

  @Override
  void endUnseen(Evidence evidence) {
    if (markOver()) {
      engine.onUnprocessed(evidence);
    }
  }
}
