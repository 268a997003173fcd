package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A stream to a {@link ScriptedNode} that follows the test's script. */
final class ScriptedStream implements NodeStream {
  private final ScriptedNode node;
  private final Listener listener;
  private final List<QueuedMessage> unacknowledged = new ArrayList<>();

  /** Numbers of messages, by request. */
  final List<Integer> batches = new ArrayList<>();

  boolean writable = true;

  /** Maximum bytes of a request. */
  int room = 1 << 16;

  boolean endsWhenFinished = true;
  boolean finished;
  boolean over;

  ScriptedStream(ScriptedNode node, Listener listener) {
    this.node = node;
    this.listener = listener;
  }

  static String body(QueuedMessage message) {
    return new String(message.payload().bytes(), StandardCharsets.UTF_8);
  }

  // ---- actions of the node

  List<String> unacknowledged() {
    return unacknowledged.stream().map(ScriptedStream::body).toList();
  }

  void acknowledge(int count) {
    acknowledge(count, List.of());
  }

  void acknowledge(int count, List<DeliveryFailure> failures) {
    unacknowledged.subList(0, count).clear();
    listener.onAcknowledged(count, failures);
    if (finished && unacknowledged.isEmpty() && !over) {
      end(StatusCode.OK);
    }
    node.run();
  }

  /** Ends the stream on behalf of a node that has begun to answer, or loses the stream. */
  void end(StatusCode code) {
    end(Evidence.PRESENT, code);
  }

  /** Ends the stream on behalf of a proxy whose node is away. */
  void endByProxy() {
    end(Evidence.ABSENT, StatusCode.UNAVAILABLE);
  }

  void end(Evidence evidence, StatusCode code) {
    leave();
    listener.onEnded(evidence, code, "");
    node.run();
  }

  /** Ends the stream in a way that proves it unprocessed. */
  void refuse() {
    leave();
    unacknowledged.forEach(m -> node.received.remove(node.received.lastIndexOf(body(m))));
    listener.onUnprocessed(Evidence.NONE);
    node.run();
  }

  void becomeWritable() {
    writable = true;
    listener.onWritable();
    node.run();
  }

  private void leave() {
    assertThat(over).as("it is over once").isFalse();
    over = true;
    node.streams.remove(this);
  }

  // ---- actions of the client

  @Override
  public int room() {
    return writable && !over ? room : 0;
  }

  @Override
  public void send(List<QueuedMessage> batch) {
    assertThat(writable && !over && !finished).as("sent only while it can be").isTrue();
    assertThat(batch).isNotEmpty();
    batch.forEach(message -> node.received.add(body(message)));
    unacknowledged.addAll(batch);
    batches.add(batch.size());
  }

  @Override
  public void finish() {
    assertThat(finished).as("finished once").isFalse();
    finished = true;
    if (endsWhenFinished && unacknowledged.isEmpty() && !over) {
      leave();
      node.later(() -> listener.onEnded(Evidence.PRESENT, StatusCode.OK, ""));
    }
  }

  @Override
  public void reset() {
    if (!over) {
      leave();
    }
  }
}
