package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.EnvelopeParser.PublishItem;
import io.pushfanout.server.EnvelopeReader.Unreadable;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Envelopes come out of a stream as protobuf would have read them, however its bytes are cut. */
class EnvelopeReaderTest {
  private static final int MAX_SIZE = 100_000;
  private static final CallStatus TOO_LARGE =
      CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, "too large");

  private final Random random = new Random(1);
  private final MemoryBudget memory = new MemoryBudget(1 << 20);
  private EnvelopeReader reader = newReader();

  private EnvelopeReader newReader() {
    return new EnvelopeReader(
        MAX_SIZE,
        true,
        new InboundMessageBudget(memory, 1 << 20),
        new Party("address", null),
        TOO_LARGE);
  }

  @Test
  void envelopesAreThoseThatWereSentHoweverTheBytesAreCut() throws Exception {
    for (int round = 0; round < 200; round++) {
      List<Envelope> sent = new ArrayList<>();
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int requests = random.nextInt(1, 5); requests > 0; requests--) {
        PublishRequest request = request(random.nextInt(6));
        sent.addAll(request.getEnvelopesList());
        stream.writeBytes(framed(request.toByteArray(), random.nextInt(4) == 0));
      }
      List<PublishItem> items = read(stream.toByteArray(), random.nextBoolean() ? 1 << 20 : 700);
      assertThat(items).hasSameSizeAs(sent);
      for (int i = 0; i < sent.size(); i++) {
        assertSame(items.get(i), sent.get(i));
      }
      assertThat(reader.isBetweenRequests()).isTrue();
      assertThat(reader.isPartial()).isFalse();
      assertThat(memory.held()).isZero();
    }
  }

  private static void assertSame(PublishItem item, Envelope sent) {
    assertThat(item)
        .isInstanceOfSatisfying(
            PublishItem.Message.class,
            message -> {
              assertThat(message.rpc())
                  .isEqualTo(sent.hasBroadcast() ? Rpc.BROADCAST : Rpc.BROADCAST_TO_ROOM);
              assertThat(ByteString.copyFrom(message.request()))
                  .isEqualTo(sent.hasBroadcast() ? sent.getBroadcast() : sent.getBroadcastToRoom());
              assertThat(message.id()).isEqualTo(sent.getMessageId());
              assertThat(message.via()).isEqualTo(sent.getViaList());
              assertThat(message.traceparent())
                  .isEqualTo(sent.getTraceparent().isEmpty() ? null : sent.getTraceparent());
            });
  }

  @Test
  void anEnvelopeThatIsTooLargeIsRefusedAndTheNextIsRead() throws Exception {
    PublishRequest request =
        PublishRequest.newBuilder()
            .addEnvelopes(envelope(MAX_SIZE + 1))
            .addEnvelopes(envelope(MAX_SIZE))
            .addEnvelopes(envelope(3 * MAX_SIZE))
            .addEnvelopes(envelope(1))
            .build();
    List<PublishItem> items = read(framed(request.toByteArray(), false), 20_000);
    assertThat(items).hasSize(4);
    assertThat(items.get(0)).isEqualTo(new PublishItem.Refused(TOO_LARGE));
    assertThat(items.get(1)).isInstanceOf(PublishItem.Message.class);
    assertThat(items.get(2)).isEqualTo(new PublishItem.Refused(TOO_LARGE));
    assertThat(items.get(3)).isInstanceOf(PublishItem.Message.class);
    assertThat(memory.held()).isZero();
  }

  @Test
  void anEnvelopeWithoutARequestOrOfOtherBytesIsRefusedAlone() throws Exception {
    ByteString broken = ByteString.copyFrom(new byte[] {0x0a, 0x7f, 1});
    PublishRequest request =
        PublishRequest.newBuilder()
            .addEnvelopes(Envelope.newBuilder().setMessageId("a"))
            .addEnvelopes(Envelope.getDefaultInstance())
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        1, UnknownFieldSet.Field.newBuilder().addLengthDelimited(broken).build())
                    .build())
            .build();
    assertThat(read(framed(request.toByteArray(), false), 1000))
        .hasSize(3)
        .allSatisfy(
            item ->
                assertThat(item)
                    .isInstanceOfSatisfying(
                        PublishItem.Refused.class,
                        refused ->
                            assertThat(refused.status().code())
                                .isEqualTo(StatusCode.INVALID_ARGUMENT)));
  }

  @Test
  void aPartOfAnEnvelopeCountsUntilItIsReleased() throws Exception {
    byte[] whole =
        framed(
            PublishRequest.newBuilder().addEnvelopes(envelope(50_000)).build().toByteArray(),
            false);
    assertThat(reader.next(Unpooled.wrappedBuffer(whole, 0, 40_000))).isNull();
    assertThat(reader.isPartial()).isTrue();
    assertThat(memory.held()).isBetween(39_000L, 60_000L);
    reader.release();
    assertThat(memory.held()).isZero();
  }

  @Test
  void bytesThatAreNoRequestsEndTheStream() {
    assertThat(unreadable(new byte[] {2, 0, 0, 0, 1, 1}).code()).isEqualTo(StatusCode.INTERNAL);
    assertThat(unreadable(framed(new byte[] {0x0b}, false)).code())
        .isEqualTo(StatusCode.INVALID_ARGUMENT);
    assertThat(unreadable(framed(new byte[] {0x0a, 5, 1}, false)).code())
        .isEqualTo(StatusCode.INVALID_ARGUMENT);
    assertThat(
            unreadable(framed(new byte[] {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, false))
                .code())
        .isEqualTo(StatusCode.INVALID_ARGUMENT);
  }

  @Test
  void noBytesBreakIt() {
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = framed(request(random.nextInt(4)).toByteArray(), false);
      for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      reader = newReader();
      try {
        read(bytes, random.nextInt(1, 2000));
      } catch (Unreadable e) {
        assertThat(e.status().message()).isNotEmpty();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      reader.release();
      assertThat(memory.held()).isZero();
    }
  }

  private CallStatus unreadable(byte[] bytes) {
    reader = newReader();
    return catchThrowableOfType(Unreadable.class, () -> read(bytes, 1000)).status();
  }

  private List<PublishItem> read(byte[] stream, int most) throws IOException, Unreadable {
    List<PublishItem> items = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int bytes = Math.min(stream.length - at, random.nextInt(1, most + 1));
      ByteBuf part = Unpooled.directBuffer().writeBytes(stream, at, bytes);
      for (PublishItem item = reader.next(part); item != null; item = reader.next(part)) {
        items.add(item);
      }
      assertThat(part.isReadable()).isFalse();
      part.release();
      at += bytes;
    }
    return items;
  }

  private PublishRequest request(int envelopes) {
    PublishRequest.Builder request = PublishRequest.newBuilder();
    for (int i = 0; i < envelopes; i++) {
      request.addEnvelopes(
          envelope(random.nextInt(3) == 0 ? random.nextInt(60_000) : random.nextInt(200)));
    }
    if (random.nextBoolean()) {
      request.setUnknownFields(
          UnknownFieldSet.newBuilder()
              .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(random.nextLong()).build())
              .addField(8, UnknownFieldSet.Field.newBuilder().addFixed64(1).addFixed32(2).build())
              .addField(
                  9,
                  UnknownFieldSet.Field.newBuilder()
                      .addLengthDelimited(ByteString.copyFrom(new byte[random.nextInt(500)]))
                      .build())
              .build());
    }
    return request.build();
  }

  private Envelope envelope(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Envelope.Builder envelope = Envelope.newBuilder();
    if (random.nextBoolean()) {
      envelope.setBroadcast(ByteString.copyFrom(bytes));
    } else {
      envelope.setBroadcastToRoom(ByteString.copyFrom(bytes));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      envelope.addVia("process-" + i);
    }
    if (random.nextBoolean()) {
      envelope.setTraceparent("00-trace");
    }
    return random.nextBoolean() ? envelope.setMessageId("id").build() : envelope.build();
  }

  private static byte[] framed(byte[] request, boolean compressed) {
    byte[] body = compressed ? zipped(request) : request;
    byte[] framed = GrpcReplies.framed(body);
    framed[0] = (byte) (compressed ? 1 : 0);
    return framed;
  }

  private static byte[] zipped(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
