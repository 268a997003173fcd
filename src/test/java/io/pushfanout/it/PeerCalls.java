package io.pushfanout.it;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoProgram;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Business servers on grpc-go, in one process of their own, that send broadcasts and record the
 * replies.
 */
final class PeerCalls {
  private final List<String> command;

  private PeerCalls(String to) {
    command = new ArrayList<>(List.of(GoProgram.PEER.path().toString(), "call", "--to", to));
  }

  static PeerCalls to(ServeProcess serve) {
    return to(serve.grpc());
  }

  /**
   * @param server {@code host:port}
   */
  static PeerCalls to(String server) {
    return new PeerCalls(server);
  }

  /** Adds flags of the peer's {@code call} command. */
  PeerCalls with(String... flags) {
    command.addAll(List.of(flags));
    return this;
  }

  PeerCalls count(int calls) {
    return with("--count", Integer.toString(calls));
  }

  PeerCalls firstId(int id) {
    return with("--first-id", Integer.toString(id));
  }

  PeerCalls lasting(Duration time) {
    return with("--for", time.toMillis() + "ms");
  }

  PeerCalls perSecond(int rate) {
    return with("--rate", Integer.toString(rate));
  }

  PeerCalls concurrency(int calls) {
    return with("--concurrency", Integer.toString(calls));
  }

  PeerCalls connections(int connections) {
    return with("--connections", Integer.toString(connections));
  }

  PeerCalls room(String room) {
    return with("--room", room);
  }

  /** Sends message N to room {@code room-} N modulo this number. */
  PeerCalls rooms(int rooms) {
    return with("--rooms", Integer.toString(rooms));
  }

  PeerCalls size(int bytes) {
    return with("--size", Integer.toString(bytes));
  }

  PeerCalls metadata(String key, String value) {
    return with("--metadata", key + "=" + value);
  }

  /** Sends all calls, and returns their replies. */
  List<Reply> send() {
    try (Running running = start()) {
      return running.replies();
    }
  }

  /** Sends one call. */
  Reply sendOne() {
    return count(1).send().getFirst();
  }

  Running start() {
    Path replies = ChildProcess.file("replies.jsonl");
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--replies", replies.toString()));
    return new Running(ChildProcess.start("calls", Map.of(), all), replies);
  }

  /** Calls under way. */
  static final class Running implements AutoCloseable {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    private final ChildProcess process;
    private final Path file;

    private Running(ChildProcess process, Path file) {
      this.process = process;
      this.file = file;
    }

    /** Starts no more calls; those in flight go on. */
    Running stop() {
      process.signal("TERM");
      return this;
    }

    /** Freezes the caller by SIGSTOP, so that it reads no more answers. */
    void freeze() {
      process.signal("STOP");
    }

    /** Waits for the end, and returns the replies. */
    List<Reply> replies() {
      if (process.awaitExit(ENDS_WITHIN) != 0) {
        throw new AssertionError("the caller failed: " + process);
      }
      try (Stream<String> lines = Files.lines(file)) {
        return lines.map(line -> Reply.of(new JsonObject(line))).toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for the end, and returns calls, seconds and latencies for a printed figure. */
    JsonObject summary() {
      process.awaitExit(ENDS_WITHIN);
      return new JsonObject(process.stdout());
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
