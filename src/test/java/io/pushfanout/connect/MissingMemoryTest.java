package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.http2.WriteBuffers;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.queue.QueuedMessage;
import io.pushfanout.queue.StreamQueue.DeliveryFailure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A conversation with all that a session has, in which one allocation after the other fails for
 * want of memory: each started delivery ends exactly once, and the session with it.
 */
class MissingMemoryTest {
  private static final long TIMEOUT_NANOS = Duration.ofMinutes(1).toNanos();

  /** HPACK of a static 200, without an end. */
  private static final byte[] OK = {(byte) 0x88};

  @Test
  void missingMemoryInAnyStepEndsEverythingOnceAndTheSessionWithIt() {
    long before = WriteBuffers.PROCESS.taken();
    int failing = 1;
    while (new Conversation(failing).run()) {
      failing++;
    }
    assertThat(failing).as("allocations that a conversation has").isGreaterThan(10);
    assertThat(WriteBuffers.PROCESS.taken()).isEqualTo(before);
  }

  /** One of which the n-th allocation fails. */
  private static final class Conversation implements Http2Session.Owner, NodeConnection.Listener {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final FailingAllocator allocator;
    private final Http2Session session;
    private final Map<QueuedMessage, Integer> ends = new HashMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private boolean ready;
    private boolean gone;

    /** Buffers of a step that had left when the allocation failed. */
    private int leftBefore;

    private int left;

    Conversation(int failing) {
      allocator = new FailingAllocator(failing, () -> leftBefore = outbound());
      channel.config().setAllocator(allocator);
      session =
          new Http2Session(
              channel.eventLoop(),
              new RequestHeadersFactory(new NodeAddress("a", 1), TlsChoice.PLAINTEXT),
              NettyConnector.Options.DEFAULT,
              this,
              this);
    }

    /** Returns whether there was an allocation to fail. */
    boolean run() {
      channel.pipeline().addLast(session.handler());
      step(() -> receive(4, 0, 0, setting(5, (1 << 24) - 1)));
      step(() -> deliver(100));
      step(() -> deliver(20_000));
      step(() -> deliver(200_000));
      step(this::openStream);
      step(() -> streams.forEach(stream -> stream.send(50)));
      step(() -> streams.forEach(stream -> stream.send(100_000)));
      step(() -> receive(6, 0, 0, new byte[8]));
      step(() -> receive(8, 0, 0, new byte[] {0, 0, 100, 0}));
      // Answered before the whole of it is sent, which resets it.
      step(() -> receive(1, 5, 5, OK));
      step(() -> receive(1, 5, 1, OK));
      step(() -> receive(1, 4, 7, OK));
      step(() -> receive(0, 0, 7, response(1)));
      step(this::openStream);
      step(() -> streams.getLast().finish());
      step(() -> streams.getFirst().reset());
      step(() -> deliver(50));
      step(() -> receive(7, 0, 0, new byte[] {0, 0, 0, 3, 0, 0, 0, 0}));
      boolean failed = allocator.failed;
      if (!failed) {
        channel.close();
      }
      channel.runPendingTasks();
      assertThat(gone).as("failing allocation %d", allocator.failing).isTrue();
      assertThat(channel.isOpen()).isFalse();
      assertThat(ends.values())
          .as("failing allocation %d", allocator.failing)
          .allSatisfy(times -> assertThat(times).isEqualTo(1));
      assertThat(streams).allSatisfy(Stream::assertOver);
      channel.finishAndReleaseAll();
      ends.keySet().forEach(message -> MessageEncoder.sharedForm(message).close());
      assertThat(allocator.open()).as("bytes that nobody has released").isZero();
      return failed;
    }

    /** Each with a flush and a turn of the loop, as long as there is a session. */
    private void step(Runnable what) {
      if (left == 0) {
        what.run();
        session.flush();
      }
      if (allocator.failed) {
        assertThat(outbound())
            .as("what leaves after failure %d", allocator.failing)
            .isEqualTo(leftBefore);
        leftBefore = 0;
      }
      for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
        out.release();
      }
      channel.runPendingTasks();
    }

    private int outbound() {
      return channel.outboundMessages().size();
    }

    private void deliver(int bytes) {
      if (session.available()) {
        QueuedMessage message =
            QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[bytes]), 0, ends.size());
        ends.put(message, 0);
        session.deliver(message, TIMEOUT_NANOS);
      }
    }

    private void openStream() {
      if (session.available()) {
        Stream stream = new Stream();
        streams.add(stream);
        stream.transport = session.openStream(stream);
      }
    }

    private void receive(int type, int flags, int stream, byte[] payload) {
      ByteBuf frame = Unpooled.buffer();
      frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
      channel.writeInbound(frame.writeBytes(payload));
    }

    private static byte[] setting(int id, int value) {
      return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    private static byte[] response(int acknowledged) {
      byte[] message =
          DeliverResponse.newBuilder().setAcknowledged(acknowledged).build().toByteArray();
      return ByteBuffer.allocate(5 + message.length)
          .put((byte) 0)
          .putInt(message.length)
          .put(message)
          .array();
    }

    // ---- what the owner and the engine hear

    @Override
    public void onReady(Http2Session greeted, int concurrency) {
      ready = true;
    }

    @Override
    public void onConcurrency(Http2Session changed, int concurrency) {}

    @Override
    public void onAvailable(Http2Session available) {}

    @Override
    public void onDraining(Http2Session draining, String why, boolean orderly) {
      left++;
      if (!ready) {
        // Closes the session like a connection that is dialling. No event follows.
        draining.lifecycle().close();
        gone = true;
      }
    }

    @Override
    public void onClosed(Http2Session over) {
      assertThat(gone).isFalse();
      gone = true;
    }

    @Override
    public void onConnected(int concurrency) {}

    @Override
    public void onConcurrency(int concurrency) {}

    @Override
    public void onDisconnected(String why, boolean orderly) {}

    @Override
    public void onNotDialled(String why) {}

    @Override
    public void onAvailable() {}

    @Override
    public void onRoutingLoop() {}

    @Override
    public void onCompleted(
        QueuedMessage message, Evidence evidence, StatusCode code, String detail) {
      ends.merge(message, 1, Integer::sum);
    }

    @Override
    public void onUnprocessed(QueuedMessage message, Evidence evidence) {
      ends.merge(message, 1, Integer::sum);
    }
  }

  private static final class Stream implements NodeStream.Listener {
    @Nullable NodeStream transport;
    private boolean reset;
    private int ends;

    private NodeStream transport() {
      if (transport == null) {
        throw new IllegalStateException("not open");
      }
      return transport;
    }

    void send(int bytes) {
      if (transport().room() > 0) {
        transport()
            .send(List.of(QueuedMessage.alone(new Payload(Rpc.BROADCAST, new byte[bytes]), 0, 0)));
      }
    }

    void finish() {
      transport().finish();
    }

    void reset() {
      reset = ends == 0;
      transport().reset();
    }

    void assertOver() {
      assertThat(ends).isEqualTo(reset ? 0 : 1);
    }

    @Override
    public void onWritable() {
      send(10);
    }

    @Override
    public void onAcknowledged(int count, List<DeliveryFailure> failures) {}

    @Override
    public void onEnded(Evidence evidence, StatusCode code, String detail) {
      ends++;
    }

    @Override
    public void onUnprocessed(Evidence evidence) {
      ends++;
    }
  }
}
