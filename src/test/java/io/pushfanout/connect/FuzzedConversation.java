package io.pushfanout.connect;

import static io.pushfanout.connect.ScriptedNode.CONTINUATION;
import static io.pushfanout.connect.ScriptedNode.DATA;
import static io.pushfanout.connect.ScriptedNode.GOAWAY;
import static io.pushfanout.connect.ScriptedNode.HEADERS;
import static io.pushfanout.connect.ScriptedNode.PING;
import static io.pushfanout.connect.ScriptedNode.RST_STREAM;
import static io.pushfanout.connect.ScriptedNode.SETTINGS;
import static io.pushfanout.connect.ScriptedNode.WINDOW_UPDATE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** The frames of a node after it has got calls: right at first, frame by frame, and then spoilt. */
final class FuzzedConversation {
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;

  private final SplittableRandom random;
  private final List<byte[]> frames = new ArrayList<>();
  private final List<Integer> streams;

  FuzzedConversation(SplittableRandom random, List<Integer> streams) {
    this.random = random;
    this.streams = streams;
  }

  /** SETTINGS as a node may begin with them. */
  static byte[] greeting(SplittableRandom random) {
    ByteBuffer settings = ByteBuffer.allocate(4 * 6);
    settings.putShort((short) 1).putInt(random.nextInt(3) * 2048);
    settings.putShort((short) 3).putInt(random.nextInt(1, 5));
    settings.putShort((short) 4).putInt(random.nextInt(4) == 0 ? 3 : 65_535);
    settings.putShort((short) 5).putInt(16_384 + random.nextInt(10_000));
    int some = random.nextInt(5) * 6;
    return FrameBytes.of(SETTINGS, 0, 0, Arrays.copyOf(settings.array(), some));
  }

  /** An answer to each call, their frames in any order but each call's own in its order. */
  FuzzedConversation answers() {
    List<List<byte[]>> answers = new ArrayList<>();
    for (int stream : streams) {
      answers.add(answer(stream));
    }
    answers.add(connectionFrames());
    while (!answers.isEmpty()) {
      List<byte[]> one = answers.get(random.nextInt(answers.size()));
      if (one.isEmpty()) {
        answers.remove(one);
      } else {
        frames.add(one.removeFirst());
      }
    }
    return this;
  }

  private List<byte[]> answer(int stream) {
    List<byte[]> answer = new ArrayList<>();
    String status = Integer.toString(random.nextInt(17));
    switch (random.nextInt(6)) {
      case 0 -> answer.add(headers(END_STREAM, stream, ":status", "200", "grpc-status", status));
      case 1 -> answer.add(FrameBytes.of(RST_STREAM, 0, stream, ints(random.nextInt(14))));
      case 2 -> {
        byte[] block = HeaderLiterals.indexedBlock(":status", "200", "x", "y".repeat(40));
        int at = random.nextInt(block.length);
        answer.add(FrameBytes.of(HEADERS, 0, stream, Arrays.copyOf(block, at)));
        answer.add(
            FrameBytes.of(
                CONTINUATION, END_HEADERS, stream, Arrays.copyOfRange(block, at, block.length)));
        answer.add(headers(END_STREAM, stream, "grpc-status", status, "grpc-message", "a%20b"));
      }
      default -> {
        answer.add(headers(0, stream, ":status", "200", "content-type", "application/grpc"));
        byte[] data = new byte[random.nextInt(2, 200)];
        data[0] = 1;
        answer.add(FrameBytes.of(DATA, random.nextBoolean() ? PADDED : 0, stream, data));
        answer.add(headers(END_STREAM, stream, "grpc-status", status));
      }
    }
    return answer;
  }

  private byte[] headers(int flags, int stream, String... fields) {
    byte[] block =
        random.nextBoolean() ? HeaderLiterals.block(fields) : HeaderLiterals.indexedBlock(fields);
    return FrameBytes.of(HEADERS, flags | END_HEADERS, stream, block);
  }

  private List<byte[]> connectionFrames() {
    List<byte[]> all = new ArrayList<>();
    all.add(FrameBytes.of(WINDOW_UPDATE, 0, 0, ints(random.nextInt(1, 100_000))));
    all.add(FrameBytes.of(PING, 0, 0, new byte[8]));
    all.add(greeting(random));
    if (random.nextInt(4) == 0) {
      int last = streams.isEmpty() ? 0 : streams.get(random.nextInt(streams.size()));
      all.add(FrameBytes.of(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).array()));
    }
    return all;
  }

  /** Does so much wrong. */
  FuzzedConversation spoil(int times) {
    for (int i = 0; i < times; i++) {
      spoil();
    }
    return this;
  }

  private void spoil() {
    int at = random.nextInt(frames.size());
    byte[] frame = frames.get(at);
    switch (random.nextInt(9)) {
      case 0, 1 -> flip(frame);
      case 2 -> {
        if (frames.size() > 1) {
          frames.remove(at);
        }
      }
      case 3 -> frames.add(at, frame.clone());
      case 4 -> frames.add(random.nextInt(frames.size()), frames.remove(at));
      case 5 -> frames.set(at, Arrays.copyOf(frame, random.nextInt(frame.length + 1)));
      case 6 -> frames.add(at, randomFrame());
      case 7 -> {
        if (frame.length >= 9) {
          ByteBuffer.wrap(frame).putInt(5, anyStream());
        }
      }
      default -> {
        byte[] noise = new byte[random.nextInt(1, 60)];
        random.nextBytes(noise);
        frames.add(at, noise);
      }
    }
  }

  private void flip(byte[] frame) {
    if (frame.length > 0) {
      frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private byte[] randomFrame() {
    byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(12)];
    random.nextBytes(payload);
    return FrameBytes.of(random.nextInt(12), random.nextInt(256), anyStream(), payload);
  }

  private int anyStream() {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> random.nextInt();
      case 2 -> random.nextInt(20);
      default -> streams.isEmpty() ? 1 : streams.get(random.nextInt(streams.size()));
    };
  }

  byte[] bytes() {
    ByteBuffer all = ByteBuffer.allocate(frames.stream().mapToInt(frame -> frame.length).sum());
    frames.forEach(all::put);
    return all.array();
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}
