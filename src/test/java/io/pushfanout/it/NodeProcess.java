package io.pushfanout.it;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Ports;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The process {@code bin/pushfanout node} on free ports, with one connected user. */
final class NodeProcess implements AutoCloseable {
  /** Limit for a cold JVM on a busy machine. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  private static final String LISTENING = "pushfanout: listening ";
  private static final Pattern PORTS = Pattern.compile(LISTENING + "grpc=(\\S+) http=([^\\s\"]+)");

  private final ChildProcess process;
  private final String address;
  private final HttpClient http = HttpClient.newHttpClient();
  private final User user = new User();
  private final WebSocket socket;

  private NodeProcess(ChildProcess process) {
    this.process = process;
    Matcher line = PORTS.matcher(process.stderr());
    if (!line.find()) {
      throw new AssertionError("no ports in the line: " + process);
    }
    address = line.group(1);
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://" + line.group(2) + "/ws"), user)
            .orTimeout(STARTS_WITHIN.toSeconds(), TimeUnit.SECONDS)
            .join();
  }

  static NodeProcess start(String... flags) {
    List<String> arguments =
        new ArrayList<>(List.of("node", "--grpc-port=" + Ports.free(), "--http-port=0"));
    arguments.addAll(List.of(flags));
    ChildProcess process = ServeProcess.launch(arguments);
    try {
      process.awaitLine(LISTENING, STARTS_WITHIN);
      return new NodeProcess(process);
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** Returns the address that the node registers and takes broadcasts at. */
  String address() {
    return address;
  }

  /** Returns the messages that the user received. */
  NodeRecord record() {
    List<Integer> ids = user.ids();
    return new NodeRecord(ids.size(), ids.size(), 0, 0, 0, Instant.EPOCH, ids, List.of());
  }

  void terminate() {
    process.signal("TERM");
  }

  /** Freezes the process by SIGSTOP; its connections stay open. */
  void freeze() {
    process.signal("STOP");
  }

  /** Lets a frozen process go on. */
  void thaw() {
    process.signal("CONT");
  }

  /** Subscribes the user to these rooms, too. */
  void subscribe(List<String> rooms) {
    JsonObject request = new JsonObject().put("subscribe", new JsonArray(rooms));
    socket.sendText(request.encode(), true);
    user.subscribed.orTimeout(STARTS_WITHIN.toSeconds(), TimeUnit.SECONDS).join();
  }

  void kill() {
    process.signal("KILL");
  }

  int awaitExit(Duration atMost) {
    return process.awaitExit(atMost);
  }

  /** Kills the node, and closes the user's connection. */
  @Override
  public void close() {
    process.close();
    http.shutdownNow();
  }

  private static final class User implements WebSocket.Listener {
    private final List<Integer> ids = new ArrayList<>();
    private final StringBuilder frame = new StringBuilder();
    private final CompletableFuture<JsonObject> subscribed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      frame.append(part);
      if (last) {
        JsonObject said = new JsonObject(frame.toString());
        if (said.containsKey("seq")) {
          received(said.getInteger("seq"));
        } else {
          subscribed.complete(said);
        }
        frame.setLength(0);
      }
      socket.request(1);
      return null;
    }

    private synchronized void received(int id) {
      ids.add(id);
    }

    synchronized List<Integer> ids() {
      return List.copyOf(ids);
    }
  }
}
