package io.pushfanout.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An address of loopback that answers no SYN: its listener has a full backlog. */
final class SwallowingAddress implements AutoCloseable {
  private static final int MOST_FILLERS = 64;
  private static final Duration ANSWERS_WITHIN = Duration.ofMillis(300);

  private final ServerSocket listener = new ServerSocket();
  private final List<SocketChannel> fillers = new ArrayList<>();

  SwallowingAddress(InetAddress address, int port) throws IOException, InterruptedException {
    listener.bind(new InetSocketAddress(address, port), 1);
    while (fillers.size() < MOST_FILLERS) {
      SocketChannel filler = SocketChannel.open();
      filler.configureBlocking(false);
      fillers.add(filler);
      filler.connect(listener.getLocalSocketAddress());
      // No event marks a swallowed SYN; loopback answers at once or not at all.
      Thread.sleep(ANSWERS_WITHIN.dividedBy(10));
      if (!filler.finishConnect() && !isAnswered(filler)) {
        return;
      }
    }
    throw new IllegalStateException("the backlog does not fill");
  }

  private static boolean isAnswered(SocketChannel filler) throws IOException, InterruptedException {
    Thread.sleep(ANSWERS_WITHIN);
    return filler.finishConnect();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel filler : fillers) {
      filler.close();
    }
    listener.close();
  }
}
