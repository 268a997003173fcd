package io.pushfanout.server;

import io.grpc.Codec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.Rpc;
import io.pushfanout.queue.MemoryBudget;
import io.pushfanout.server.RequestBody.Fault;
import io.pushfanout.server.RequestBody.Result;
import io.pushfanout.server.guard.InboundMessageBudget;
import io.pushfanout.server.guard.InboundMessageBudget.Party;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A fuzz target for a request's bytes: as both calls, as a message, as a compressed message, and as
 * a request with whatever prefix they have.
 */
public final class RequestBytesFuzz implements FuzzTarget {
  private static final int MAX_SIZE = 4096;
  private static final int LONGEST_MESSAGE = 200;
  private static final Party PARTY = new Party("any", null);

  @Override
  public String name() {
    return "request-bytes";
  }

  @Override
  public void take(byte[] input) throws IOException {
    for (Rpc rpc : Rpc.values()) {
      ParserComparison.verdict(rpc, input);
    }
    plain(read(RequestFrames.message(0, input), 1 + input.length / 2), input);
    compressed(read(RequestFrames.message(1, input), 1 + input.length / 2), input);
    Result atOnce = read(input, Math.max(1, input.length));
    Held.that(isSame(atOnce, read(input, 1)), "another message in pieces", atOnce);
  }

  private static void plain(Result read, byte[] message) {
    if (message.length > MAX_SIZE) {
      Held.that(isTooLarge(read), "larger than the limit", message.length);
    } else {
      Held.that(
          read instanceof Result.Message whole && Arrays.equals(whole.bytes, message),
          "other bytes",
          read);
    }
  }

  private static void compressed(Result read, byte[] message) throws IOException {
    switch (read) {
      case Result.Message whole ->
          Held.that(Arrays.equals(whole.bytes, inflated(message)), "other bytes inflated");
      case Result.Broken(String why) -> Held.line(why, LONGEST_MESSAGE);
      case Result.Refused _ -> Held.that(isTooLarge(read), "another refusal", read);
      case Result.None _ -> throw new AssertionError("no message");
    }
  }

  /** Returns the bytes that gRPC's library reads, one more than the limit at most. */
  private static byte[] inflated(byte[] message) throws IOException {
    try (InputStream in = new Codec.Gzip().decompress(new ByteArrayInputStream(message))) {
      return in.readNBytes(MAX_SIZE + 1);
    }
  }

  /** Reads a request in pieces of this many bytes. */
  private static Result read(byte[] request, int piece) {
    MemoryBudget memory = MemoryBudget.unlimited();
    RequestBody body =
        new RequestBody(MAX_SIZE, true, new InboundMessageBudget(memory, 1 << 20), PARTY);
    Result whole = result(body, Unpooled.wrappedBuffer(request), piece);
    body.release();
    Held.that(memory.held() == 0, "memory is still held", memory.held());
    return whole;
  }

  private static Result result(RequestBody body, ByteBuf request, int piece) {
    while (request.isReadable() && !body.isWhole()) {
      ByteBuf part = request.readSlice(Math.min(piece, request.readableBytes()));
      Fault fault = body.add(part);
      if (fault != null) {
        return new Result.Refused(fault);
      }
    }
    return body.result();
  }

  private static boolean isTooLarge(Result read) {
    return read instanceof Result.Refused(Fault fault) && fault instanceof Fault.TooLarge;
  }

  private static boolean isSame(Result one, Result other) {
    if (one instanceof Result.Message a && other instanceof Result.Message b) {
      return Arrays.equals(a.bytes, b.bytes);
    }
    return one.equals(other);
  }
}
