package io.pushfanout.kube;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.discovery.EtcdServer;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoTool;
import io.pushfanout.tools.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver on loopback that a test can kill, freeze and restart. A restart keeps the
 * port, the data and the certificates, because the server's own etcd stays up.
 */
public final class ApiServer implements AutoCloseable {
  /** Limit of a start, which takes three seconds on an idle machine. */
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

  private final int port = Ports.free();
  private final ServerFiles files = ServerFiles.create();
  private final EtcdServer etcd = EtcdServer.started("--unsafe-no-fsync");
  private @Nullable ChildProcess process;

  private ApiServer() {}

  /** Returns an empty server that is ready. */
  static ApiServer started() {
    ApiServer server = new ApiServer();
    try {
      server.start();
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** Returns the kubeconfig of an administrator with all rights. */
  public KubeConfig admin() {
    return new KubeConfig(
        "https://127.0.0.1:" + port, files.authority(), ServerFiles.ADMIN_TOKEN, "default");
  }

  public int port() {
    return port;
  }

  /** Returns the key that signs the tokens of service accounts. */
  ECPrivateKey tokenKey() {
    return files.signingKey();
  }

  /** Returns the folder for files that belong to the server. */
  Path folder() {
    return files.folder();
  }

  /** Starts the server on its earlier data, and returns once the server is ready. */
  public void start() {
    if (process != null) {
      throw new IllegalStateException("the API server is running");
    }
    ChildProcess started = ChildProcess.start("kube-apiserver", Map.of(), command());
    try {
      await()
          .atMost(STARTS_WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .failFast("kube-apiserver has ended", () -> !started.isAlive())
          .until(this::isReady);
      process = started;
    } catch (RuntimeException | Error e) {
      started.close();
      throw new AssertionError("kube-apiserver does not start: " + started, e);
    }
  }

  /** Restores a server that a test killed or froze. */
  void startUnlessRunning() {
    if (process == null) {
      start();
    } else {
      thaw();
    }
  }

  private List<String> command() {
    return List.of(
        GoTool.KUBE_APISERVER.path().toString(),
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--secure-port=" + port,
        "--etcd-servers=" + etcd.endpoint(),
        "--cert-dir=" + files.folder(),
        "--token-auth-file=" + files.tokens(),
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://localhost",
        "--service-account-signing-key-file=" + files.privateKey(),
        "--service-account-key-file=" + files.publicKey(),
        "--service-cluster-ip-range=10.0.0.0/24",
        "--endpoint-reconciler-type=none",
        // No controller creates the default account of pods.
        "--disable-admission-plugins=ServiceAccount");
  }

  private boolean isReady() {
    if (!Files.exists(files.authority())) {
      return false;
    }
    try (KubernetesClient client = admin().clientWithoutRetries()) {
      return "ok".equals(client.raw("/readyz"));
    } catch (KubernetesClientException _) {
      return false;
    }
  }

  /** Kills the server; its connections get no shutdown. */
  public void kill() {
    running().close();
    process = null;
  }

  /** Stops all work of the server; its connections stay open. */
  public void freeze() {
    running().signal("STOP");
  }

  public void thaw() {
    running().signal("CONT");
  }

  private ChildProcess running() {
    ChildProcess running = process;
    if (running == null) {
      throw new IllegalStateException("the API server is not running");
    }
    return running;
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    etcd.close();
    files.delete();
  }
}
