package io.pushfanout.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.model.Rpc;
import io.pushfanout.tools.SomeLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A fuzz target for a caller's calls on one connection, whatever they are: own frames and gRPC's
 * library answer the same. Each byte is a step of the conversation, or chooses something for it.
 */
public final class CallerConversationFuzz implements FuzzTarget {
  private static final int STEPS_MAX = 100;
  private static final int STREAMS_MAX = 8;

  private static final Set<TransportDifference> MEANT =
      EnumSet.of(
          TransportDifference.SEVERAL_FAULTS,
          TransportDifference.REFLECTION_FAULT,
          TransportDifference.PREFIX_ALONE,
          TransportDifference.TOO_LARGE,
          TransportDifference.FAILURE);

  private static final List<String> PATHS =
      List.of(
          Rpc.BROADCAST.path(),
          Rpc.BROADCAST_TO_ROOM.path(),
          TransportCase.CHECK,
          TransportCase.WATCH,
          TransportCase.REFLECTION,
          TransportCase.ALPHA,
          "/protocol.PushServer/Nothing",
          "/",
          "nothing");

  /** Fields that a call may have, each with its values. */
  private static final List<List<String>> FIELDS =
      List.of(
          List.of("grpc-encoding", "gzip", "identity", "deflate"),
          List.of("grpc-timeout", "10S", "99999999H", "0n", "-1m", "10", "x"),
          List.of("pushfanout-target", "all", "a/b", "a", ""),
          List.of("pushfanout-nodes", "a:1", "a:1,b:2", "a", ","),
          List.of("pushfanout-via", "a,b", "a,b,c,d,e,f,g,h", "a b"),
          List.of("authorization", "Bearer x", "Basic x", ""),
          List.of("content-type", "application/json", "application/grpc"),
          List.of("content-length", "5"),
          List.of("host", "a", "b"),
          List.of("x", "y".repeat(500)));

  private static @Nullable BothTransports servers;

  @Override
  public String name() {
    return "caller-conversation";
  }

  @Override
  public void take(byte[] input) throws Exception {
    List<byte[]> messages =
        List.of(
            Requests.broadcast(),
            Requests.broadcastToRoom(),
            new byte[0],
            Requests.gzipped(Requests.broadcast()),
            Requests.gzipped(new byte[2 * TransportCase.MAX_MESSAGE]),
            Requests.broadcastOfSize(TransportCase.MAX_MESSAGE + 1),
            "\n\u0013protocol.PushServer".getBytes(UTF_8),
            "\"\u0013protocol.PushServer".getBytes(UTF_8));
    servers().compare(frames -> new Script(input, frames, messages).run(), 0, MEANT);
  }

  private static synchronized BothTransports servers() throws Exception {
    BothTransports both = servers;
    if (both == null) {
      both =
          new BothTransports(
              SomeLimits.messageSize(TransportCase.MAX_MESSAGE), BothTransports.BY_TOKEN);
      servers = both;
    }
    return both;
  }

  /** The steps of one conversation. */
  private static final class Script {
    private final ByteBuffer input;
    private final RequestFrames frames;
    private final List<byte[]> messages;

    /** The open requests, with the bytes that are to come in later pieces. */
    private final TreeMap<Integer, byte[]> open = new TreeMap<>();

    private int streams;

    Script(byte[] input, RequestFrames frames, List<byte[]> messages) {
      this.input = ByteBuffer.wrap(input);
      this.frames = frames;
      this.messages = messages;
    }

    void run() {
      for (int step = 0; step < STEPS_MAX && input.hasRemaining(); step++) {
        int what = next() % 8;
        if (open.isEmpty() || what == 0) {
          begin();
        } else {
          proceed(stream(), what);
        }
      }
      open.forEach((stream, rest) -> frames.data(stream, true, rest));
    }

    private int next() {
      return input.hasRemaining() ? input.get() & 0xff : 0;
    }

    private int stream() {
      return List.copyOf(open.keySet()).get(next() % open.size());
    }

    private void begin() {
      if (streams == STREAMS_MAX) {
        return;
      }
      int stream = 2 * streams++ + 1;
      List<String> fields =
          new ArrayList<>(List.of(TransportCase.fields(PATHS.get(next() % PATHS.size()))));
      for (int more = next() % 4; more > 0; more--) {
        List<String> field = FIELDS.get(next() % FIELDS.size());
        fields.addAll(List.of(field.getFirst(), field.get(1 + next() % (field.size() - 1))));
      }
      frames.headers(stream, false, fields.toArray(String[]::new));
      open.put(stream, new byte[0]);
    }

    private void proceed(int stream, int what) {
      byte[] rest = open.getOrDefault(stream, new byte[0]);
      switch (what) {
        case 1 -> {
          frames.data(stream, true, rest);
          open.remove(stream);
        }
        case 2 -> {
          send(stream, rest);
          frames.trailers(stream, "a", "b");
          open.remove(stream);
        }
        case 3 -> {
          send(stream, rest);
          frames.cancel(stream);
          open.remove(stream);
        }
        case 4 -> {
          int at = Math.min(rest.length, next());
          send(stream, Arrays.copyOf(rest, at));
          open.put(stream, Arrays.copyOfRange(rest, at, rest.length));
        }
        case 5 -> {
          byte[] content = messages.get(next() % messages.size());
          add(stream, RequestFrames.message(next() % 3, content));
        }
        case 6 -> {
          byte[] noise = new byte[Math.min(next() % 32, input.remaining())];
          input.get(noise);
          add(stream, noise);
        }
        default -> add(stream, RequestFrames.prefixed(next() % 2, next() << 24 | next()));
      }
    }

    /** Sends a part; the library bounds empty ones, and own frames bound them otherwise. */
    private void send(int stream, byte[] part) {
      if (part.length > 0) {
        frames.data(stream, false, part);
      }
    }

    private void add(int stream, byte[] bytes) {
      byte[] rest = open.getOrDefault(stream, new byte[0]);
      open.put(
          stream, ByteBuffer.allocate(rest.length + bytes.length).put(rest).put(bytes).array());
    }
  }
}
