package io.pushfanout.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pushfanout.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Nodes that answer each complete request, and then stop reading. One thread serves all of them,
 * frame by frame; content of streams that do not end is skipped.
 */
final class PausingNodes implements AutoCloseable {
  private static final int HEAD = 9;
  private static final int PREFACE = 24;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int MAX_WINDOW = Integer.MAX_VALUE;
  private static final int MAX_FRAME = (1 << 24) - 1;

  /** HPACK block: a static 200, and two literals. */
  private static final byte[] OK = answer();

  private final boolean greedy;
  private final List<Integer> ports;
  private final Selector selector;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("pausing-nodes").unstarted(this::run);
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private volatile boolean reading;
  private volatile boolean closed;

  /**
   * Reserves addresses without a listener.
   *
   * @param greedy whether the nodes announce the largest possible windows and frames, or the
   *     defaults
   */
  PausingNodes(int count, boolean greedy) {
    this.greedy = greedy;
    ports = IntStream.generate(Ports::free).distinct().limit(count).boxed().toList();
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> addresses() {
    return ports.stream().map(port -> "127.0.0.1:" + port).toList();
  }

  /**
   * Begins to listen.
   *
   * @param reads whether the nodes continue to read after the first answer of a connection
   */
  PausingNodes open(boolean reads) {
    reading = reads;
    try {
      for (int port : ports) {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        listeners.add(listener);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread.start();
    return this;
  }

  /** Starts or stops the reading. */
  void read(boolean reads) {
    reading = reads;
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(10);
        for (SelectionKey key : selector.selectedKeys()) {
          step(key);
        }
        selector.selectedKeys().clear();
        selector.keys().stream()
            .filter(key -> key.isValid() && key.attachment() instanceof Connection)
            .forEach(key -> key.interestOps(reads(key) ? SelectionKey.OP_READ : 0));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean reads(SelectionKey key) {
    return reading || !((Connection) key.attachment()).answered;
  }

  private void step(SelectionKey key) throws IOException {
    if (key.isAcceptable()) {
      SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, greeted(channel));
      return;
    }
    Connection connection = (Connection) key.attachment();
    try {
      if (reads(key) && !connection.read()) {
        key.channel().close();
      }
    } catch (IOException _) {
      key.channel().close();
    }
  }

  private Connection greeted(SocketChannel channel) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(64);
    frame(out, greedy ? 12 : 0, SETTINGS, 0, 0);
    if (greedy) {
      out.putShort((short) 4).putInt(MAX_WINDOW).putShort((short) 5).putInt(MAX_FRAME);
      frame(out, 4, WINDOW_UPDATE, 0, 0).putInt(MAX_WINDOW - 65_535);
    }
    channel.write(out.flip());
    return new Connection(channel);
  }

  private static ByteBuffer frame(ByteBuffer out, int length, int type, int flags, int stream) {
    out.put((byte) (length >> 16)).putShort((short) length).put((byte) type).put((byte) flags);
    return out.putInt(stream);
  }

  private static byte[] answer() {
    ByteBuffer block = ByteBuffer.allocate(64).put((byte) 0x88);
    literal(block, "content-type", "application/grpc");
    literal(block, "grpc-status", "0");
    byte[] bytes = new byte[block.flip().remaining()];
    block.get(bytes);
    return bytes;
  }

  private static void literal(ByteBuffer block, String name, String value) {
    block.put((byte) 0).put((byte) name.length()).put(name.getBytes(US_ASCII));
    block.put((byte) value.length()).put(value.getBytes(US_ASCII));
  }

  private static final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private boolean begun;
    private boolean answered;

    /**
     * Bytes left of the frame that is being skipped; {@code endedStream} is the stream that the
     * frame ends, or 0.
     */
    private int left;

    private int endedStream;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    /** Returns false at the end of the connection. */
    boolean read() throws IOException {
      if (channel.read(in) < 0) {
        return false;
      }
      in.flip();
      if (!begun && in.remaining() >= PREFACE) {
        begun = true;
        in.position(PREFACE);
      }
      while (begun && next()) {
        // The loop handles one frame after the other.
      }
      in.compact();
      return true;
    }

    private boolean next() throws IOException {
      int skipped = Math.min(left, in.remaining());
      in.position(in.position() + skipped);
      left -= skipped;
      if (left > 0) {
        return false;
      }
      if (endedStream > 0) {
        ByteBuffer out = ByteBuffer.allocate(HEAD + OK.length);
        channel.write(frame(out, OK.length, HEADERS, 5, endedStream).put(OK).flip());
        endedStream = 0;
        answered = true;
      }
      if (in.remaining() < HEAD) {
        return false;
      }
      left = ((in.get() & 0xff) << 16) | (in.getShort() & 0xffff);
      int type = in.get();
      int flags = in.get();
      int stream = in.getInt();
      boolean ends = (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
      endedStream = ends ? stream : 0;
      return true;
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
