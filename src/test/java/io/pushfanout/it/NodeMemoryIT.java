package io.pushfanout.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tools.ChildProcess;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A node with a heap of 64 MiB, and users who exhaust its limits: the node refuses newcomers, and
 * the users who read get every broadcast.
 */
@Isolated
class NodeMemoryIT {
  private static final Pattern PORTS = Pattern.compile("grpc=\\S+:(\\d+) http=\\S+:(\\d+)");
  private static final int NEWCOMERS = 50;

  @Test
  void aNodeOf64MebibytesRefusesNewcomersAndServesItsUsers() throws Exception {
    ChildProcess node =
        ServeProcess.launch(
            Map.of("PUSHFANOUT_JAVA_OPTS", "-Xmx64m"),
            List.of("node", "--grpc-port=0", "--http-port=0"));
    List<Client> clients = new ArrayList<>();
    try {
      node.awaitLine("pushfanout: listening ", Duration.ofSeconds(60));
      Matcher ports = PORTS.matcher(node.stderr());
      assertThat(ports.find()).isTrue();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(ports.group(1)))
              .usePlaintext()
              .build();
      try {
        run(channel, Integer.parseInt(ports.group(2)), clients);
      } finally {
        channel.shutdownNow();
      }
      assertThat(node.isAlive()).isTrue();
      assertThat(node.stderr()).doesNotContain("OutOfMemory", " ERROR ");
    } finally {
      for (Client client : clients) {
        client.close();
      }
      node.close();
    }
  }

  private static void run(ManagedChannel channel, int http, List<Client> clients)
      throws IOException {
    Client reader = Client.open(http);
    clients.add(reader);
    assertThat(reader.status).contains("101");
    List<Client> frozen = fill(http, clients);
    int sockets = 1 + frozen.size();
    for (int i = 0; i < frozen.size(); i++) {
      assertThat(frozen.get(i).ask("{\"subscribe\":[\"room-" + i + "\"]}")).contains("subscribed");
    }
    long noRoom = 0;
    for (int i = 0; i < frozen.size(); i++) {
      if (!frozen.get(i).ask(manyRooms(i)).startsWith("{\"subscribed\":")) {
        noRoom++;
      }
    }
    assertThat(noRoom).as("rooms were asked for until they were refused").isPositive();
    // Only the first user reads from here on.
    int messages = 0;
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < frozen.size(); i++) {
        broadcast(channel, "room-" + i, "x".repeat(200 << 10));
        messages++;
      }
      readsAll(channel, reader, "to all " + round + " " + "y".repeat(1 << 20));
    }
    for (int i = 0; i < 3_000; i++) {
      readsAll(channel, reader, "small " + i);
    }
    // The node has closed the sockets of users who did not read, and accepts others.
    List<Client> next = fill(http, clients);
    assertThat(next).isNotEmpty();
    for (Client client : next) {
      client.sendHalf();
    }
    readsAll(channel, reader, "z".repeat((4 << 20) - 100));
    System.out.printf(
        "NodeMemoryIT: -Xmx64m: %d sockets, then 503; 240 rooms more refused to %d of them; %d"
            + " messages of 200 KiB to users who do not read, 3,000 small ones, 3 of 1 MiB and one"
            + " of 4 MiB to all; %d sockets after that, each with half a request%n",
        sockets, noRoom, messages, next.size());
  }

  /** Opens sockets until the node refuses more. */
  private static List<Client> fill(int http, List<Client> clients) throws IOException {
    List<Client> opened = new ArrayList<>();
    int refused = 0;
    while (refused < NEWCOMERS) {
      Client next = Client.open(http);
      clients.add(next);
      if (next.status.contains("101")) {
        opened.add(next);
      } else {
        assertThat(next.status).contains("503");
        refused++;
      }
      assertThat(opened).as("it refuses").hasSizeLessThan(5_000);
    }
    return opened;
  }

  private static void readsAll(ManagedChannel channel, Client reader, String body)
      throws IOException {
    broadcast(channel, "", body);
    assertThat(reader.read()).contains("\"" + body + "\"");
  }

  /** Returns a request with as many rooms as one can name. */
  private static String manyRooms(int user) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      names.add("\"%d-%d-%s\"".formatted(user, i, "r".repeat(200)));
    }
    return "{\"subscribe\":[" + String.join(",", names) + "]}";
  }

  private static void broadcast(ManagedChannel channel, String room, String body) {
    Proto message =
        Proto.newBuilder().setRoomid(room).setBody(ByteString.copyFromUtf8(body)).build();
    PushServerGrpc.newBlockingStub(channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .broadcast(BroadCastReq.newBuilder().setProto(message).build());
  }

  /** A WebSocket that reads only on a call of {@link #read}. */
  private static final class Client implements AutoCloseable {
    private static final int PING = 9;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    final String status;

    private Client(int port) throws IOException {
      socket.setReceiveBufferSize(4096);
      socket.setSoTimeout(60_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      String request =
          String.join(
              "\r\n",
              "GET /ws HTTP/1.1",
              "Host: localhost",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
              "Sec-WebSocket-Version: 13",
              "",
              "");
      socket.getOutputStream().write(request.getBytes(UTF_8));
      in = new DataInputStream(socket.getInputStream());
      status = line();
      for (String line = line(); !line.isEmpty(); line = line()) {}
    }

    static Client open(int port) throws IOException {
      return new Client(port);
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
        line.write(b);
      }
      return line.toString(ISO_8859_1).strip();
    }

    String ask(String text) throws IOException {
      socket.getOutputStream().write(frame(0x81, text.getBytes(UTF_8)));
      return read();
    }

    /** Sends as much of a request as may remain incomplete. */
    void sendHalf() {
      try {
        socket.getOutputStream().write(frame(0x01, new byte[40 << 10]));
        byte[] next = frame(0x00, new byte[20 << 10]);
        socket.getOutputStream().write(next, 0, next.length - 1);
      } catch (IOException _) {
        // The node closed this socket as the one with the largest share.
      }
    }

    /** Returns a frame masked with zeros. */
    private static byte[] frame(int first, byte[] payload) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.write(first);
      if (payload.length < 126) {
        bytes.write(0x80 | payload.length);
      } else {
        bytes.write(0x80 | 126);
        bytes.write(payload.length >> 8);
        bytes.write(payload.length);
      }
      bytes.write(new byte[4]);
      bytes.write(payload);
      return bytes.toByteArray();
    }

    /** Returns the next text. */
    String read() throws IOException {
      while (true) {
        int opcode = in.readUnsignedByte() & 0x0f;
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
          length = in.readUnsignedShort();
        } else if (length == 127) {
          length = in.readLong();
        }
        byte[] payload = in.readNBytes((int) length);
        if (opcode == PING) {
          socket.getOutputStream().write(frame(0x8a, payload));
        } else {
          return new String(payload, UTF_8);
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
