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
 * A real kube-apiserver on loopback, which can be killed, frozen and started again on the same port
 * with the same data and certificates: its etcd, which is its own, stays up.
 */
public final class ApiServer implements AutoCloseable {
  /** Three seconds where nobody else wants the processors. */
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);

  private final int port = Ports.free();
  private final ServerFiles files = ServerFiles.create();
  private final EtcdServer etcd = EtcdServer.started("--unsafe-no-fsync");
  private @Nullable ChildProcess process;

  private ApiServer() {}

  /** One that is ready, with nothing in it. */
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

  /** As somebody who may do everything. */
  public KubeConfig admin() {
    return new KubeConfig(
        "https://127.0.0.1:" + port, files.authority(), ServerFiles.ADMIN_TOKEN, "default");
  }

  public int port() {
    return port;
  }

  /** What it signs the tokens of service accounts with. */
  ECPrivateKey tokenKey() {
    return files.signingKey();
  }

  /** For files that go with the server. */
  Path folder() {
    return files.folder();
  }

  /** Starts it, on the data that it left; returns once it is ready. */
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

  /** Makes good what a test has left. */
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
        // Nobody makes the account that pods get by default.
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

  /** It is gone, without a word to anybody. */
  public void kill() {
    running().close();
    process = null;
  }

  /** It keeps its connections, and does nothing. */
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
