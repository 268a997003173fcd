package io.pushfanout.node;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.WatchPage.WatchedNode;
import io.pushfanout.tls.ReloadingTlsContext;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connect-node that forwards broadcasts from gRPC to its users' WebSockets: an example to build a
 * real node from, and the peer in the demo and the tests.
 *
 * <p>Any thread may call it; a node is started once and closed once, further calls of {@link
 * #close} do nothing.
 */
public final class ReferenceNode implements AutoCloseable {
  /** Time limit of {@link #close}; each side gets half of it. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(6);

  private final NodeOptions options;
  private final @Nullable ReloadingTlsContext tls;
  private volatile @Nullable UserServer users;
  private volatile @Nullable PushEndpoint push;
  private boolean closed;

  public ReferenceNode(NodeOptions options) {
    this(options, null);
  }

  /**
   * @param tls the certificate of the port for broadcasts, and the CAs trusted for PushFanout's
   *     certificate; its owner closes it, after this node; null: no TLS
   */
  public ReferenceNode(NodeOptions options, @Nullable ReloadingTlsContext tls) {
    this.options = options;
    this.tls = tls;
  }

  /**
   * Starts the users' side first, so that the first message finds users that can receive it.
   *
   * @throws IOException when a port cannot be bound; nothing is left running then
   * @throws IllegalStateException when the node was started before
   */
  public synchronized void start() throws IOException {
    if (users != null || closed) {
      throw new IllegalStateException("a node is started once");
    }
    UserServer started =
        UserServer.start(
            UserOptions.on(options.bind(), options.httpPort()).withNames(options.names()),
            new RoomRegistry(UserLimits.ofThisProcess().withMaxSockets(options.maxSockets())),
            this::watched);
    users = started;
    try {
      push = PushEndpoint.start(options, tls, started);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Returns the port for broadcasts. */
  public int grpcPort() {
    return running(push).port();
  }

  /** Returns the port for users and the page. */
  public int httpPort() {
    return running(users).port();
  }

  /** Stops broadcasts first, and then the users' side. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    Duration half = CLOSE_TIMEOUT.dividedBy(2);
    PushEndpoint runningPush = push;
    if (runningPush != null) {
      runningPush.close(half);
    }
    UserServer runningUsers = users;
    if (runningUsers != null) {
      runningUsers.close(half);
    }
  }

  private List<WatchedNode> watched() {
    PushEndpoint bound = push;
    return bound == null
        ? List.of()
        : List.of(WatchedNode.here(new NodeAddress(options.bind(), bound.port()).toString()));
  }

  private static <T> T running(@Nullable T side) {
    if (side == null) {
      throw new IllegalStateException("the node is not started");
    }
    return side;
  }
}
