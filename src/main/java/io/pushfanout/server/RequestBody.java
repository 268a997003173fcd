package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import io.pushfanout.text.Causes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The one message of a request, while its bytes arrive. A message that takes more than one frame
 * counts in the {@link InboundMessageBudget}, by the array that holds it. For the connection's loop
 * only.
 */
final class RequestBody {
  private static final int PREFIX_BYTES = 5;

  /** Bytes of the first array of a message that is not whole: unread bytes take no memory. */
  static final int FIRST_BYTES = 16 << 10;

  /** Times the bytes that have come, which the first array may have: growth copies all of them. */
  private static final int FIRST_PARTS = 8;

  private static final int INFLATE_BYTES = 16 << 10;

  private final int maxSize;
  private final boolean mayCompress;
  private final @Nullable InboundMessageBudget budget;
  private final Party party;

  /** The prefix's bytes so far: the flag, and four of the size. */
  private long prefix;

  private int prefixBytes;
  private boolean compressed;
  private int size;
  private byte @Nullable [] message;
  private int received;
  private long counted;

  /** The reason why a request is refused. */
  sealed interface Fault {
    /** The message is above its limit. */
    record TooLarge() implements Fault {}

    /** The budget has no room for the message. */
    record NoRoom() implements Fault {}

    /** The bytes are no message of gRPC. */
    enum Malformed implements Fault {
      BAD_FLAG("gRPC frame header malformed: reserved bits not zero"),
      /** The message is compressed, and the headers name no encoding. */
      UNEXPECTED_COMPRESSION("Can't decode compressed gRPC message as compression not configured"),
      INCOMPLETE("Encountered end-of-stream mid-frame"),
      SECOND_MESSAGE("a second message follows in a unary call");

      /** The refusal, in the words of gRPC's library where it has any. */
      final CallStatus status;

      Malformed(String why) {
        status = CallStatus.of(StatusCode.INTERNAL, why);
      }
    }
  }

  private static final Fault TOO_LARGE = new Fault.TooLarge();
  private static final Fault NO_ROOM = new Fault.NoRoom();

  /**
   * @param maxSize bytes of the message after decompression
   * @param mayCompress whether the request's headers name gzip as its encoding
   * @param budget counts the bytes; null for messages so small that they do not count
   */
  RequestBody(
      int maxSize, boolean mayCompress, @Nullable InboundMessageBudget budget, Party party) {
    this.maxSize = maxSize;
    this.mayCompress = mayCompress;
    this.budget = budget;
    this.party = party;
  }

  /**
   * Takes the next bytes, up to the end of the message. Returns null, or the reason to refuse the
   * request.
   */
  @Nullable Fault add(ByteBuf data) {
    Fault fault = null;
    while (fault == null && data.isReadable() && !isWhole()) {
      fault = message == null ? addPrefix(data) : addMessage(data, message);
    }
    return fault == null && isWhole() && compressed && !mayCompress
        ? Fault.Malformed.UNEXPECTED_COMPRESSION
        : fault;
  }

  /** Returns whether all bytes of the message have come. */
  boolean isWhole() {
    return message != null && received == size;
  }

  private @Nullable Fault addPrefix(ByteBuf data) {
    while (prefixBytes < PREFIX_BYTES && data.isReadable()) {
      prefix = prefix << Byte.SIZE | data.readUnsignedByte();
      prefixBytes++;
    }
    if (prefixBytes < PREFIX_BYTES) {
      return null;
    }
    int flag = (int) (prefix >>> Integer.SIZE);
    if ((flag & ~1) != 0) {
      return Fault.Malformed.BAD_FLAG;
    }
    compressed = flag == 1;
    size = (int) prefix;
    if (size < 0 || size > wireLimit()) {
      return TOO_LARGE;
    }
    int here = data.readableBytes();
    if (here >= size) {
      message = new byte[size];
      return null;
    }
    int first = (int) Math.min(size, Math.max((long) FIRST_PARTS * here, FIRST_BYTES));
    if (!count(first)) {
      return NO_ROOM;
    }
    message = new byte[first];
    return null;
  }

  /**
   * Returns the limit of arriving bytes: an incompressible message grows a little when compressed.
   */
  private long wireLimit() {
    return compressed ? maxSize + maxSize / 64 + 1024L : maxSize;
  }

  private @Nullable Fault addMessage(ByteBuf data, byte[] array) {
    byte[] into = array;
    int bytes = Math.min(data.readableBytes(), size - received);
    if (received + bytes > into.length) {
      int length = (int) Math.min(size, Math.max(received + bytes, 2L * into.length));
      if (!count(length - into.length)) {
        return NO_ROOM;
      }
      into = Arrays.copyOf(into, length);
      message = into;
    }
    data.readBytes(into, received, bytes);
    received += bytes;
    return null;
  }

  private boolean count(long bytes) {
    if (budget == null) {
      return true;
    }
    if (!budget.tryTake(party, bytes)) {
      return false;
    }
    counted += bytes;
    return true;
  }

  /** Gives back the memory: the message has another owner, or none. */
  void release() {
    if (budget != null && counted > 0) {
      budget.giveBack(party, counted);
      counted = 0;
    }
    message = null;
  }

  /** The message of a request that has ended. */
  sealed interface Result {
    /** A whole message. */
    final class Message implements Result {
      final byte[] bytes;

      private Message(byte[] bytes) {
        this.bytes = bytes;
      }
    }

    /** The request has no message. */
    record None() implements Result {}

    record Broken(String why) implements Result {}

    record Refused(Fault fault) implements Result {}
  }

  /** Returns the message, once the request has ended. */
  Result result() {
    if (prefixBytes == 0) {
      return new Result.None();
    }
    byte[] bytes = message;
    if (bytes == null || received < size) {
      return new Result.Refused(Fault.Malformed.INCOMPLETE);
    }
    if (!compressed) {
      return new Result.Message(bytes);
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return inflated(in);
    } catch (IOException e) {
      return new Result.Broken("the message cannot be decompressed: " + Causes.text(e));
    }
  }

  /** Inflates the message step by step: few compressed bytes may become many that are held. */
  private Result inflated(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(INFLATE_BYTES);
    byte[] step = new byte[INFLATE_BYTES];
    int read;
    while ((read = in.read(step)) >= 0) {
      if (out.size() + read > maxSize) {
        return new Result.Refused(TOO_LARGE);
      }
      if (!count(read)) {
        return new Result.Refused(NO_ROOM);
      }
      out.write(step, 0, read);
    }
    return new Result.Message(out.toByteArray());
  }
}
