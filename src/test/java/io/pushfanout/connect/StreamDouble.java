package io.pushfanout.connect;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine's place on one stream, in the hands of a test. Each event is a line of text, such as
 * {@code "acknowledged 2"} or {@code "ended OK"}.
 */
final class StreamDouble implements NodeStream.Listener {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final EngineDouble engine;
  private @Nullable NodeStream stream;
  private boolean calling;

  private StreamDouble(EngineDouble engine) {
    this.engine = engine;
  }

  /** Opens a stream, and puts it on the wire. */
  static StreamDouble open(EngineDouble engine) throws Exception {
    StreamDouble opened = new StreamDouble(engine);
    engine.onLoop(
        () -> {
          opened.stream = engine.connection().openStream(opened);
          engine.connection().flush();
          return null;
        });
    return opened;
  }

  void send(String... bodies) throws Exception {
    send(Arrays.stream(bodies).map(b -> message(Rpc.BROADCAST, b)).toList());
  }

  static QueuedMessage message(Rpc rpc, String body) {
    return QueuedMessage.alone(new Payload(rpc, body.getBytes(StandardCharsets.UTF_8)), 0, 0);
  }

  void send(List<QueuedMessage> batch) throws Exception {
    call(() -> stream().send(batch));
  }

  void finish() throws Exception {
    call(() -> stream().finish());
  }

  void reset() throws Exception {
    call(() -> stream().reset());
  }

  boolean isWritable() throws Exception {
    return engine.onLoop(() -> stream().room() > 0);
  }

  private NodeStream stream() {
    return requireNonNull(stream);
  }

  private void call(Runnable what) throws Exception {
    engine.onLoop(
        () -> {
          calling = true;
          what.run();
          engine.connection().flush();
          calling = false;
          return null;
        });
  }

  /** Returns the next event. */
  String next() throws InterruptedException {
    String event = heard.poll(10, TimeUnit.SECONDS);
    assertThat(event).as("nothing heard for 10 s").isNotNull();
    return event;
  }

  boolean heardNothingMore() {
    return heard.isEmpty();
  }

  private void hear(String event) {
    heard.add(calling ? "within a call: " + event : event);
  }

  @Override
  public void onWritable() {
    hear("writable");
  }

  @Override
  public void onAcknowledged(int count, List<DeliveryFailure> failures) {
    StringBuilder event = new StringBuilder("acknowledged " + count);
    failures.forEach(
        f ->
            event
                .append(", ")
                .append(f.offset())
                .append(' ')
                .append(f.code())
                .append(": ")
                .append(f.detail()));
    hear(event.toString());
  }

  @Override
  public void onEnded(Evidence evidence, StatusCode code, String detail) {
    hear("ended " + code + (detail.isEmpty() ? "" : ": " + detail));
  }

  @Override
  public void onUnprocessed(Evidence evidence) {
    hear("unprocessed");
  }
}
