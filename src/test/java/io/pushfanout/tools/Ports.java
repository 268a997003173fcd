package io.pushfanout.tools;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that restart on them. Each port is handed out once: two tests that draw at
 * random could meet on one port between the draw and the bind. The range lies below the ports that
 * systems give to clients, one of which could otherwise get the port of a killed server.
 */
public final class Ports {
  private static final int FIRST = 10_000;
  private static final int COUNT = 22_000;

  /** The next port, from a random start: tests of two checkouts may run at the same time. */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

  private Ports() {}

  public static int free() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  /**
   * Waits until a closed server of this JVM has released its port: the JDK closes the socket with
   * the selector's next round, and Netty does not wait for that.
   */
  public static void awaitFree(int port) {
    await().atMost(Duration.ofSeconds(20)).until(() -> isFree(port));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
