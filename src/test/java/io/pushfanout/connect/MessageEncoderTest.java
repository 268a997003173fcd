package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.pushfanout.http2.Bodies;
import io.pushfanout.http2.Body;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.model.Payload;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.TraceContext;
import io.pushfanout.model.Via;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.queue.EnvelopeSize;
import io.pushfanout.queue.QueuedMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The requests that are written by hand are read as those that protobuf would write. */
class MessageEncoderTest {
  private static final int[] SIZES = {
    0, 1, 100, 123, 127, 128, 1023, 1024, 1025, 16_382, 16_384, 70_000, 3_000_000
  };

  /** Half of the messages have no id. */
  private static final int[] ID_LENGTHS = {0, 0, 0, 0, 1, 36, 127, 128};

  private final Random random = new Random(1);
  private final WriteBuffers memory = new WriteBuffers(64 << 20);

  @Test
  void aBatchIsReadAsProtobufWouldHaveWrittenIt() throws InvalidProtocolBufferException {
    for (int round = 0; round < 300; round++) {
      List<QueuedMessage> batch = new ArrayList<>();
      DeliverRequest.Builder expected = DeliverRequest.newBuilder();
      for (int left = random.nextInt(1, 6); left > 0; left--) {
        add(batch, expected);
      }
      ByteBuffer bytes = ByteBuffer.wrap(encoded(batch));
      assertThat(bytes.get()).as("not compressed").isZero();
      assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
      assertThat(bytes.remaining()).isEqualTo(expected.build().getSerializedSize());
      assertThat(DeliverRequest.parseFrom(bytes)).isEqualTo(expected.build());
      long reckoned = batch.stream().mapToLong(m -> EnvelopeSize.bytes(m.payload())).sum();
      assertThat(reckoned).isBetween((long) bytes.limit() - 5, bytes.limit() + 12L * batch.size());
    }
  }

  @Test
  void aRequestThatWaitsHasTheSameBytes() {
    for (int round = 0; round < 100; round++) {
      List<QueuedMessage> batch = new ArrayList<>();
      for (int left = random.nextInt(1, 6); left > 0; left--) {
        add(batch, DeliverRequest.newBuilder());
      }
      Body request = new BatchRequest(batch);
      assertThat(Bodies.held(request, memory, random)).isEqualTo(Bodies.written(request));
      Body call = new UnaryRequest(batch.getFirst());
      assertThat(Bodies.held(call, memory, random)).isEqualTo(Bodies.written(call));
      batch.forEach(message -> MessageEncoder.sharedForm(message).close());
      assertThat(memory.taken()).isZero();
    }
  }

  @Test
  void connectionsShareTheBytesOfALargeMessage() {
    var message = QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[64 << 10]), 0, 0);
    for (int node = 0; node < 10; node++) {
      Bodies.held(new UnaryRequest(message), memory, random);
      Bodies.held(new BatchRequest(List.of(message)), memory, random);
    }
    assertThat(memory.taken()).isEqualTo(64 << 10);
    MessageEncoder.sharedForm(message).close();
    assertThat(memory.taken()).isZero();
  }

  @Test
  void idStaysWithTheProcessesOfALaterList() throws InvalidProtocolBufferException {
    Via via = Via.of(List.of(new ProcessId("p"), new ProcessId("q")));
    Payload payload = new Payload(Rpc.BROADCAST, new byte[1]).withId("id").through(via);
    assertThat(Envelope.parseFrom(payload.envelopeFields()))
        .isEqualTo(Envelope.newBuilder().setMessageId("id").addVia("p").addVia("q").build());
    assertThat(payload.inRoom(7).envelopeFields()).isSameAs(payload.envelopeFields());
  }

  private void add(List<QueuedMessage> batch, DeliverRequest.Builder expected) {
    byte[] bytes = new byte[SIZES[random.nextInt(SIZES.length)]];
    random.nextBytes(bytes);
    boolean toRoom = random.nextBoolean();
    Rpc rpc = toRoom ? Rpc.BROADCAST_TO_ROOM : Rpc.BROADCAST;
    List<ProcessId> through =
        Stream.generate(() -> new ProcessId("p".repeat(random.nextInt(1, 65))))
            .limit(random.nextInt(9))
            .toList();
    Payload payload = new Payload(rpc, bytes).through(Via.of(through));
    String trace = "";
    if (random.nextBoolean()) {
      TraceContext context = TraceContext.sampled("a".repeat(32), "b".repeat(16));
      payload = payload.traced(context);
      trace = context.traceparent();
    }
    String id = "i".repeat(ID_LENGTHS[random.nextInt(ID_LENGTHS.length)]);
    batch.add(QueuedMessage.alone(id.isEmpty() ? payload : payload.withId(id), 0, 0));
    ByteString same = ByteString.copyFrom(bytes);
    Envelope.Builder envelope =
        Envelope.newBuilder()
            .setMessageId(id)
            .setTraceparent(trace)
            .addAllVia(through.stream().map(ProcessId::text).toList());
    expected.addEnvelopes(toRoom ? envelope.setBroadcastToRoom(same) : envelope.setBroadcast(same));
  }

  private static byte[] encoded(List<QueuedMessage> batch) {
    return Bodies.written(new BatchRequest(batch));
  }
}
