package io.pushfanout.app;

import io.pushfanout.app.Service.Listening;
import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.discovery.EtcdRegistration;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.node.NodeOptions;
import io.pushfanout.node.ReferenceNode;
import io.pushfanout.options.TlsFiles;
import io.pushfanout.tls.ReloadingTlsContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that runs the reference connect-node. With an etcd, the node is registered for as long
 * as it accepts messages.
 */
public final class NodeService implements Service {
  private static final Logger log = LoggerFactory.getLogger(NodeService.class);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final NodeOptions options;
  private final @Nullable TlsFiles files;
  private final @Nullable Registering registering;
  private final ShutdownSequence stopOrder = new ShutdownSequence();

  /**
   * The registration of the node.
   *
   * @param advertise the address for clients; null: the address that the node listens on
   * @param leaseTtl the time after which etcd removes the registration of a crashed node
   */
  public record Registering(
      EtcdOptions etcd, String service, @Nullable NodeAddress advertise, Duration leaseTtl) {}

  /**
   * @param files TLS files of the port for broadcasts; null: plaintext
   * @param registering null: the node does not register
   */
  public NodeService(
      NodeOptions options, @Nullable TlsFiles files, @Nullable Registering registering) {
    this.options = options;
    this.files = files;
    this.registering = registering;
  }

  @Override
  public Listening start() throws Exception {
    ReloadingTlsContext tls = files == null ? null : files.open();
    if (tls != null) {
      stopOrder.push("TLS files", tls::close);
    }
    ReferenceNode node = new ReferenceNode(options, tls);
    node.start();
    stopOrder.push("node", node::close);
    Listening where = Listening.on(options.bind(), node.grpcPort(), node.httpPort());
    if (registering != null) {
      register(registering, where);
    }
    return where;
  }

  private void register(Registering how, Listening where) {
    NodeAddress advertised = how.advertise() == null ? where.grpc() : how.advertise();
    EtcdRegistration registration =
        new EtcdRegistration(how.etcd(), how.service(), advertised, how.leaseTtl());
    registration.start();
    stopOrder.push("registration", () -> leave(registration));
  }

  @Override
  public void started() {
    log.info("{}", StartLine.of(options, registering));
    if (registering == null) {
      log.info("this node registers nowhere without --etcd-endpoints; serve --node reaches it");
    }
  }

  private static void leave(EtcdRegistration registration) {
    boolean found = registration.isRegistered();
    registration.close();
    if (found) {
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(FAREWELL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Leaves the registry first, and then serves for 1 s more, so that servers can send their last
   * messages.
   */
  @Override
  public String stop() {
    stopOrder.stopAll();
    return "stopped";
  }

  @Override
  public String abandon() {
    return "stopped";
  }
}
