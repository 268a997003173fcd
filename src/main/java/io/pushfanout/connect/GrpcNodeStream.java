package io.pushfanout.connect;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.http2.Body;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import java.net.ProtocolException;
import java.util.List;

/**
 * One {@code Deliver} call, which stays open: requests of the engine go out, and acknowledgements
 * of the node come in. An answer that breaks the rules ends the stream.
 */
final class GrpcNodeStream extends GrpcCall implements NodeStream {
  /**
   * Most bytes of a response: some hundred failures with their texts. A node with more failures
   * sends several responses.
   */
  private static final int MAX_RESPONSE_BYTES = 64 << 10;

  private static final Body NOTHING = Body.of(new byte[0]);

  private final Listener engine;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final MessageReader reader = new MessageReader(MAX_RESPONSE_BYTES);
  private boolean finished;
  private boolean over;

  GrpcNodeStream(Http2Session session, Listener engine) {
    super(session);
    this.engine = engine;
  }

  // ---- methods for the engine

  @Override
  public int room() {
    int bytes = over || finished ? 0 : session().room(this);
    return bytes == 0 ? 0 : Math.max(1, bytes - MessageEncoder.PREFIX_BYTES);
  }

  @Override
  public void send(List<QueuedMessage> batch) {
    acknowledgements.sent(batch.size());
    session().send(this, new BatchRequest(batch), false);
  }

  @Override
  public void finish() {
    if (!over && !finished) {
      finished = true;
      session().send(this, NOTHING, true);
    }
  }

  @Override
  public void reset() {
    if (!over) {
      over = true;
      session().reset(this, Http2Error.CANCEL);
    }
  }

  // ---- answers of the node

  @Override
  boolean isAwaited() {
    return finished || acknowledgements.isAnythingOpen();
  }

  @Override
  protected void onData(ByteBuf data, boolean end) {
    if (over) {
      return;
    }
    if (!isHttpOk()) {
      // The data is a proxy's page about an absent node.
      if (end) {
        endedByData();
      }
      return;
    }
    try {
      for (byte[] m = reader.next(data); m != null; m = reader.next(data)) {
        acknowledgements.add(m);
      }
      reportAcknowledged();
    } catch (ProtocolException e) {
      // Acknowledgements before the error are valid all the same.
      reportAcknowledged();
      session().reset(this, Http2Error.CANCEL);
      complete(Evidence.PRESENT, StatusCode.INTERNAL, String.valueOf(e.getMessage()));
      return;
    }
    if (end) {
      endedByData();
    }
  }

  private void reportAcknowledged() {
    int count = acknowledgements.count();
    if (count > 0) {
      var failures = acknowledgements.failures();
      acknowledgements.markReported();
      engine.onAcknowledged(count, failures);
    }
  }

  /** Completes the stream as lost, for any reason of the reset: its messages may be tried again. */
  @Override
  protected void onReset(long errorCode) {
    String text = "reset by the node: " + StatusMapping.nameOf(errorCode);
    complete(resetEvidence(), StatusCode.UNAVAILABLE, text);
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
    if (!over) {
      over = true;
      engine.onEnded(evidence, code, detail);
    }
  }

  @Override
  void endUnseen(Evidence evidence) {
    if (!over) {
      over = true;
      engine.onUnprocessed(evidence);
    }
  }
}
