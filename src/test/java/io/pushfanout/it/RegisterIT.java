package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.NpmTool;
import io.pushfanout.tools.Ports;
import io.pushfanout.tools.PythonTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that {@code pushfanout register} runs and keeps in an etcd. */
class RegisterIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /**
   * A program that listens once the file of its last argument exists. At SIGTERM it prints the
   * number of its keys in etcd, and ends with 7.
   */
  private static final String WITNESS =
      """
      import base64, json, os, pathlib, signal, socket, sys, time, urllib.request
      etcd, key, port, gate = sys.argv[1:]
      def leave(number, frame):
          question = json.dumps({"key": base64.b64encode(key.encode()).decode()}).encode()
          answer = json.load(urllib.request.urlopen(etcd + "/v3/kv/range", question))
          print("keys", answer.get("count", "0"), flush=True)
          os._exit(7)
      signal.signal(signal.SIGTERM, leave)
      print(os.getpid(), flush=True)
      while not pathlib.Path(gate).exists():
          time.sleep(0.02)
      listener = socket.create_server(("127.0.0.1", int(port)))
      while True:
          listener.accept()[0].close()
      """;

  private static EtcdServer etcd;

  @TempDir private Path dir;

  @BeforeAll
  static void start() {
    etcd = EtcdServer.started();
  }

  @AfterAll
  static void stop() {
    etcd.close();
  }

  @Test
  void aProgramIsRegisteredWhileItListensAndUntilASignal() throws Exception {
    String address = "127.0.0.1:" + Ports.free();
    String key = "/services/witness/" + address;
    try (ChildProcess register = witness(address, key)) {
      register.awaitText("waiting until " + address + " accepts connections", LIMIT);
      await().atMost(LIMIT).until(() -> !register.stdout().isEmpty());
      assertThat(etcd.get(key)).as("before the program listens").isNull();
      Files.createFile(dir.resolve("gate"));
      await().atMost(LIMIT).until(() -> address.equals(etcd.get(key)));

      long lease = etcd.leaseOf(key);
      etcd.revokeLease(lease);
      await().atMost(LIMIT).until(() -> etcd.leaseOf(key) != 0);
      assertThat(etcd.leaseOf(key)).isNotEqualTo(lease);

      register.signal("TERM");
      assertThat(register.awaitExit(LIMIT)).isEqualTo(7);
      assertThat(register.stdout()).endsWith("\nkeys 0\n");
      assertThat(etcd.get(key)).isNull();
    }
  }

  @Test
  void theEndOfTheProgramRemovesItsRegistration() throws Exception {
    String address = "127.0.0.1:" + Ports.free();
    String key = "/services/witness/" + address;
    Files.createFile(dir.resolve("gate"));
    try (ChildProcess register = witness(address, key)) {
      await().atMost(LIMIT).until(() -> address.equals(etcd.get(key)));

      ProcessHandle.of(Long.parseLong(register.stdout().strip())).orElseThrow().destroyForcibly();

      assertThat(register.awaitExit(LIMIT)).isEqualTo(137);
      assertThat(etcd.get(key)).isNull();
    }
  }

  @Test
  void aProgramThatIsNotFoundIsOneLine() {
    try (ChildProcess register = register("127.0.0.1:1", "witness", Map.of(), "/nosuch/node")) {
      assertThat(register.awaitExit(LIMIT)).isEqualTo(127);
      assertThat(register.stderr())
          .isEqualTo("pushfanout register: /nosuch/node: cannot be started: no such file\n");
    }
  }

  @Test
  void theExamplesServeTheirRoomsByStreamsAndLeave() throws Exception {
    String python = "127.0.0.1:" + Ports.free();
    String javascript = "127.0.0.1:" + Ports.free();
    String config = EtcdFanout.config(dir, Map.of("examples", EtcdFanout.Times.USUAL)).toString();
    try (ChildProcess inPython =
            register(
                python,
                "examples",
                Map.of("PYTHONDONTWRITEBYTECODE", "1"),
                PythonTool.interpreter().toString(),
                "examples/connect-node-python/node.py",
                python,
                "lobby");
        ChildProcess inJavaScript =
            register(
                javascript,
                "examples",
                Map.of("NODE_PATH", NpmTool.modules().toString()),
                "node",
                "examples/connect-node-node/node.js",
                javascript,
                "games");
        ServeProcess serve =
            ServeProcess.start(
                List.of(), "--etcd-endpoints", etcd.endpoint(), "--config", config)) {
      new EtcdFanout("examples", etcd, serve).awaitConnected(List.of(python, javascript));
      String target = "pushfanout-target=default/examples";
      await()
          .atMost(LIMIT)
          .alias("both have listed their rooms")
          .until(() -> send(serve.grpc(), target, "empty", "early").getSkipped() == 2);
      for (String room : List.of("lobby", "games")) {
        BroadCastReply reply = send(serve.grpc(), target, room, "hello");
        assertThat(reply.getNodes()).isEqualTo(1);
        assertThat(reply.getSkipped()).isEqualTo(1);
      }
      assertThat(send(serve.grpc(), target, "", "hello").getNodes()).isEqualTo(2);
      assertThat(Http.body(serve.http(), "/api/v1/status").split("\"streams\"", -1)).hasSize(3);
      awaitHeard(inPython, "room lobby: hello", "all: hello");
      awaitHeard(inJavaScript, "room games: hello", "all: hello");

      for (String node : List.of(python, javascript)) {
        for (String body : List.of("once", "once", "other", "once")) {
          assertThat(send(node, "pushfanout-message-id=0b7c-41", "", body).getCode())
              .isEqualTo("0");
        }
      }
      awaitHeard(inPython, "room lobby: hello", "all: hello", "all: once", "all: other");
      awaitHeard(inJavaScript, "room games: hello", "all: hello", "all: once", "all: other");

      for (String node : List.of(python, javascript)) {
        try (ChildProcess check =
            ServeProcess.launch(List.of("check-node", "--require=delivery,interest", node))) {
          assertThat(check.awaitExit(LIMIT)).as("%s", check).isZero();
        }
      }

      inPython.signal("TERM");
      inJavaScript.signal("TERM");
      assertThat(inPython.awaitExit(LIMIT)).isZero();
      assertThat(inJavaScript.awaitExit(LIMIT)).isZero();
      assertThat(etcd.count("/services/examples/")).isZero();
    }
  }

  private ChildProcess witness(String address, String key) throws Exception {
    return register(
        address,
        "witness",
        Map.of(),
        PythonTool.interpreter().toString(),
        Files.writeString(dir.resolve("witness.py"), WITNESS).toString(),
        etcd.endpoint(),
        key,
        address.substring(address.indexOf(':') + 1),
        dir.resolve("gate").toString());
  }

  private static ChildProcess register(
      String address, String service, Map<String, String> environment, String... command) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "register",
                "--advertise=" + address,
                "--service=" + service,
                "--lease-ttl=2s",
                "--etcd-endpoints=" + etcd.endpoint(),
                "--"));
    arguments.addAll(List.of(command));
    return ServeProcess.launch(environment, arguments);
  }

  /** Waits until a node has printed these lines, beside those of early messages. */
  private static void awaitHeard(ChildProcess node, String... lines) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(node.stdout().lines().filter(line -> !line.endsWith(": early")))
                    .containsExactly(lines));
  }

  /** Sends a message to a room, or to all with an empty one. */
  private static BroadCastReply send(String to, String metadata, String room, String body) {
    Metadata headers = new Metadata();
    String[] header = metadata.split("=", 2);
    headers.put(Metadata.Key.of(header[0], Metadata.ASCII_STRING_MARSHALLER), header[1]);
    Proto message = Proto.newBuilder().setBody(ByteString.copyFromUtf8(body)).build();
    ManagedChannel channel = NettyChannelBuilder.forTarget(to).usePlaintext().build();
    try {
      PushServerGrpc.PushServerBlockingStub stub =
          PushServerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      return room.isEmpty()
          ? stub.broadcast(BroadCastReq.newBuilder().setProto(message).build())
          : stub.broadcastToRoom(
              BroadCastRoomReq.newBuilder().setRoomId(room).setProto(message).build());
    } finally {
      channel.shutdownNow();
    }
  }
}
