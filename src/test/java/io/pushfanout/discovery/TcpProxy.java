package io.pushfanout.discovery;

import com.google.common.net.InetAddresses;
import io.pushfanout.concurrent.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A proxy on one port of loopback that breaks connections at the times and in the ways a test sets.
 */
public final class TcpProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger broken = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private volatile int forgotten;
  private volatile boolean cut;
  private volatile boolean deaf;
  private volatile @Nullable Fuses fuses;

  /** The numbers of bytes after which connections break, at any place in a message. */
  private record Fuses(RandomGenerator random, int mostBytes) {
    synchronized int next() {
      return random.nextInt(1, mostBytes);
    }
  }

  public TcpProxy(int target) {
    this(InetAddress.getLoopbackAddress(), target);
  }

  /**
   * @param on the address to listen on
   */
  TcpProxy(InetAddress on, int target) {
    this.target = target;
    try {
      this.listening = new ServerSocket(0, 50, on);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Threads.start("proxy", this::accept);
  }

  public String endpoint() {
    return "http://" + address();
  }

  /** Returns the proxy's address as {@code host:port}. */
  public String address() {
    return InetAddresses.toUriString(listening.getInetAddress()) + ":" + listening.getLocalPort();
  }

  /** Breaks every connection once; new ones work. */
  public void interrupt() {
    breakAll();
  }

  /** Breaks every connection now, and new ones at once, until {@link #heal}. */
  public void cut() {
    cut = true;
    breakAll();
  }

  /** Discards all bytes from now on and keeps connections open, until {@link #heal} breaks them. */
  public void swallow() {
    deaf = true;
  }

  /**
   * Discards all bytes of existing connections, like a firewall that lost its state. New ones work.
   */
  public void forget() {
    forgotten = made.get();
  }

  public void heal() {
    fuses = null;
    cut = false;
    deaf = false;
    breakAll();
  }

  /** Breaks each new connection after a random number of bytes. */
  public void blowFuses(RandomGenerator random, int mostBytes) {
    fuses = new Fuses(random, mostBytes);
    breakAll();
  }

  /** Returns the number of connections broken by a number of bytes. */
  public int broken() {
    return broken.get();
  }

  public boolean isUsed() {
    return !sockets.isEmpty();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        sockets.add(client);
        if (cut) {
          reset(client);
        } else {
          connect(client);
        }
      } catch (IOException _) {
        // The proxy is closed, or the target is absent: the client's connection breaks.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket server;
    try {
      server = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      reset(client);
      throw e;
    }
    sockets.add(server);
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    Fuses blown = fuses;
    AtomicInteger fuse = new AtomicInteger(blown == null ? Integer.MAX_VALUE : blown.next());
    int number = made.incrementAndGet();
    Threads.start("proxy pump", () -> pump(number, client, server, fuse));
    Threads.start("proxy pump", () -> pump(number, server, client, fuse));
  }

  private void pump(int number, Socket from, Socket to, AtomicInteger fuse) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (deaf || number <= forgotten) {
          continue;
        }
        int before = fuse.getAndAdd(-read);
        out.write(buffer, 0, Math.max(0, Math.min(read, before)));
        if (before <= read) {
          broken.incrementAndGet();
          break;
        }
      }
    } catch (IOException _) {
      // The other side has closed its connection.
    }
    reset(from);
    reset(to);
  }

  private void breakAll() {
    sockets.forEach(this::reset);
  }

  private void reset(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException _) {
      // The socket is already closed.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
