package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/**
 * A generator of requests that are right, nearly right and wrong: fields of any wire type and
 * order, often known ones, nested in each other and in groups, with a fault here and there.
 */
final class RandomRequests {
  private static final byte[][] TEXTS = {
    {},
    {'a'},
    "lobby".getBytes(UTF_8),
    "é€😀".getBytes(UTF_8),
    {(byte) 0xc3, 0x28},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xf8, 0, 0, 0, 0},
    {(byte) 0xe2, (byte) 0x82},
    {(byte) 0xc0, (byte) 0x80},
  };

  private final Random random;

  RandomRequests(Random random) {
    this.random = random;
  }

  byte[] next() {
    byte[] bytes =
        switch (random.nextInt(6)) {
          case 0 -> Requests.broadcast();
          case 1 -> Requests.broadcastToRoom();
          case 2 -> Requests.broadcastFromTheFuture();
          default -> message(0);
        };
    for (int i = random.nextInt(4); i > 1; i--) {
      bytes = spoilt(bytes);
    }
    return bytes;
  }

  /** Returns a message of random fields; one field in ten has a fault of its own. */
  private byte[] message(int depth) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int i = random.nextInt(5); i > 0; i--) {
        field(out, depth);
      }
      out.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private void field(CodedOutputStream out, int depth) throws IOException {
    int number = random.nextInt(20) == 0 ? random.nextInt(1 << 29) : 1 + random.nextInt(6);
    switch (random.nextInt(12)) {
      case 0, 1 -> out.writeUInt64(number, random.nextLong() >>> random.nextInt(64));
      case 2 -> out.writeFixed64(number, random.nextLong());
      case 3 -> out.writeFixed32(number, random.nextInt());
      case 4, 5 -> out.writeByteArray(number, TEXTS[random.nextInt(TEXTS.length)]);
      case 6, 7, 8, 9 -> out.writeByteArray(number, depth < 4 ? message(depth + 1) : new byte[0]);
      case 10 -> {
        out.writeTag(number, WireFormat.WIRETYPE_START_GROUP);
        out.writeRawBytes(depth < 4 ? message(depth + 1) : new byte[0]);
        // One group in eight ends with the number of another group.
        out.writeTag(random.nextInt(8) == 0 ? number + 1 : number, WireFormat.WIRETYPE_END_GROUP);
      }
      default -> fault(out, number);
    }
  }

  private void fault(CodedOutputStream out, int number) throws IOException {
    switch (random.nextInt(7)) {
      case 0 -> out.writeTag(number, WireFormat.WIRETYPE_END_GROUP);
      case 1 -> out.writeTag(number, 6 + random.nextInt(2));
      case 2 -> out.writeUInt32NoTag(random.nextInt(8));
      case 3 -> {
        // A varint of 9 to 12 bytes; 10 are allowed.
        out.writeTag(number, WireFormat.WIRETYPE_VARINT);
        byte[] digits = new byte[9 + random.nextInt(4)];
        Arrays.fill(digits, (byte) 0x80);
        digits[digits.length - 1] = (byte) random.nextInt(128);
        out.writeRawBytes(digits);
      }
      case 4 -> {
        // A length that is negative, huge, or a little off.
        out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(random.nextLong() >> random.nextInt(64));
      }
      case 5 -> out.writeRawBytes(nestedGroups(90 + random.nextInt(20)));
      default -> out.writeRawBytes(delimited(number, nestedGroups(90 + random.nextInt(20))));
    }
  }

  private byte[] spoilt(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(5)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
        longer[at] = (byte) random.nextInt(256);
        yield longer;
      }
      case 2 -> {
        byte[] twice = Arrays.copyOf(bytes, bytes.length * 2);
        System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
        yield twice;
      }
      default -> {
        byte[] changed = bytes.clone();
        changed[at] = (byte) random.nextInt(256);
        yield changed;
      }
    };
  }

  /** Returns a field of this number with these bytes. */
  static byte[] delimited(int number, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeByteArray(number, content);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /** Returns groups of field 9, nested to this depth. */
  static byte[] nestedGroups(int depth) {
    byte[] bytes = new byte[2 * depth];
    Arrays.fill(bytes, 0, depth, (byte) 0x4b);
    Arrays.fill(bytes, depth, 2 * depth, (byte) 0x4c);
    return bytes;
  }
}
