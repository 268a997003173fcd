package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.it.FanoutStatus.Problem;
import io.pushfanout.tools.ChildProcess;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process {@code bin/pushfanout serve} on free ports. */
final class ServeProcess implements AutoCloseable {
  /** Limit for a cold JVM on a busy machine. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(30);
  private static final String LISTENING = "pushfanout: listening ";
  private static final Pattern PORTS = Pattern.compile(LISTENING + "grpc=(\\S+) http=([^\\s\"]+)");

  private final ChildProcess process;
  private final String grpc;
  private final String http;

  private ServeProcess(ChildProcess process) {
    this.process = process;
    Matcher line = PORTS.matcher(process.stderr());
    if (!line.find()) {
      throw new AssertionError("no ports in the line: " + process);
    }
    grpc = line.group(1);
    http = line.group(2);
  }

  /** Starts a server for these nodes; the result is ready, but perhaps not connected to all. */
  static ServeProcess start(List<String> nodes, String... flags) {
    List<String> all = new ArrayList<>();
    nodes.forEach(node -> all.addAll(List.of("--node", node)));
    all.addAll(List.of(flags));
    return ready(serve(all));
  }

  /** Starts a server that listens, but is perhaps not ready. */
  static ServeProcess bound(String... flags) {
    return listening(serve(List.of(flags)));
  }

  private static ChildProcess serve(List<String> flags) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--http-port=0"));
    if (flags.stream().noneMatch(flag -> flag.startsWith("--grpc-port"))) {
      arguments.add("--grpc-port=0");
    }
    arguments.addAll(flags);
    return launch(arguments);
  }

  /** Waits until a server is ready, and closes it otherwise. */
  static ServeProcess ready(ChildProcess process) {
    ServeProcess serve = listening(process);
    try {
      serve.awaitReady();
      return serve;
    } catch (RuntimeException | Error e) {
      serve.close();
      throw e;
    }
  }

  /** Waits until a server listens, which may be long before it is ready. */
  static ServeProcess listening(ChildProcess process) {
    try {
      process.awaitLine(LISTENING, STARTS_WITHIN);
      return new ServeProcess(process);
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** Starts a connected server on a JVM with these flags. */
  static ServeProcess connectedWithin(String javaOptions, List<String> nodes, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--grpc-port=0", "--http-port=0"));
    nodes.forEach(node -> arguments.addAll(List.of("--node", node)));
    arguments.addAll(List.of(flags));
    ServeProcess serve = ready(launch(Map.of("PUSHFANOUT_JAVA_OPTS", javaOptions), arguments));
    serve.awaitNodes("connected", NodeStatus::isConnected);
    return serve;
  }

  /** Starts a server, and waits until it is ready and connected to all nodes. */
  static ServeProcess connected(List<String> nodes, String... flags) {
    ServeProcess serve = start(nodes, flags);
    try {
      serve.awaitNodes("connected", NodeStatus::isConnected);
      return serve;
    } catch (RuntimeException | Error e) {
      serve.close();
      throw e;
    }
  }

  /** Returns the settings as flags: {@code --set FIELD=VALUE} for each. */
  static String[] settings(String... assignments) {
    List<String> flags = new ArrayList<>();
    for (String assignment : assignments) {
      flags.addAll(List.of("--set", assignment));
    }
    return flags.toArray(String[]::new);
  }

  /** Starts any command of the program. */
  static ChildProcess launch(List<String> arguments) {
    return launch(Map.of(), arguments);
  }

  static ChildProcess launch(Map<String, String> environment, List<String> arguments) {
    PreparedClasses.make();
    List<String> command = new ArrayList<>();
    command.add(Path.of("bin", "pushfanout").toAbsolutePath().toString());
    command.addAll(arguments);
    // The launcher might find another JDK than that of the tests.
    Map<String, String> all = new HashMap<>(environment);
    all.put("PUSHFANOUT_JAVA_HOME", System.getProperty("java.home"));
    return ChildProcess.start("pushfanout", all, command);
  }

  String grpc() {
    return grpc;
  }

  String http() {
    return http;
  }

  int readyCode() {
    return ready().statusCode();
  }

  /** Returns the answer of {@code /readyz}. */
  HttpResponse<String> ready() {
    return Http.get(http, "/readyz");
  }

  void awaitReady() {
    await()
        .alias("ready")
        .atMost(SETTLES_WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> readyCode() == 200);
  }

  boolean isLive() {
    return Http.get(http, "/livez").statusCode() == 200;
  }

  Scrape metrics() {
    return Scrape.of(Http.body(http, "/metrics"));
  }

  /** Returns the problems outside of fanouts. */
  List<Problem> problems() {
    return Problem.all(new JsonObject(Http.body(http, "/api/v1/status")));
  }

  List<FanoutStatus> fanouts() {
    return new JsonObject(Http.body(http, "/api/v1/status"))
        .getJsonArray("fanouts").stream()
            .map(fanout -> FanoutStatus.of((JsonObject) fanout))
            .toList();
  }

  /**
   * @param name {@code namespace/name}
   */
  FanoutStatus fanout(String name) {
    return fanouts().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  /** Returns all nodes of all fanouts. */
  List<NodeStatus> nodes() {
    return fanouts().stream().flatMap(fanout -> fanout.nodes().stream()).toList();
  }

  NodeStatus node(String address) {
    return nodes().stream().filter(n -> n.address().equals(address)).findFirst().orElseThrow();
  }

  void awaitNode(String address, String what, Predicate<NodeStatus> wanted) {
    await()
        .alias(address + " is " + what)
        .atMost(SETTLES_WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> node(address), wanted);
  }

  void awaitNodes(String what, Predicate<NodeStatus> wanted) {
    await()
        .alias("all nodes are " + what)
        .atMost(SETTLES_WITHIN)
        .pollInterval(Duration.ofMillis(20))
        .until(this::nodes, nodes -> !nodes.isEmpty() && nodes.stream().allMatch(wanted));
  }

  void awaitIdle() {
    awaitNodes("idle", NodeStatus::isIdle);
  }

  long pid() {
    return process.pid();
  }

  void terminate() {
    process.signal("TERM");
  }

  /** Ends the process by SIGKILL. */
  void kill() {
    process.signal("KILL");
  }

  int awaitExit(Duration atMost) {
    return process.awaitExit(atMost);
  }

  String stderr() {
    return process.stderr();
  }

  String lastLine() {
    return stderr().lines().reduce("", (_, line) -> line);
  }

  @Override
  public void close() {
    process.close();
  }
}
