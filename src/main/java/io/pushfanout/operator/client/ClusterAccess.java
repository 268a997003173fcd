package io.pushfanout.operator.client;

import com.google.common.base.Splitter;
import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The access to the API server that the environment names: the files of {@code KUBECONFIG}, else
 * {@code ~/.kube/config}, else the service account of the pod. Other variables and the system
 * properties of the client library are ignored.
 *
 * <p>Thread-safe.
 *
 * @param environment variables of the process
 * @param account folder of a pod's service account
 */
public record ClusterAccess(Map<String, String> environment, Path account) {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final Splitter FILES = Splitter.on(File.pathSeparatorChar).omitEmptyStrings();

  public ClusterAccess {
    environment = Map.copyOf(environment);
  }

  public static ClusterAccess of(Map<String, String> environment) {
    return new ClusterAccess(environment, ACCOUNT);
  }

  /** Returns the access of this process. */
  public static ClusterAccess ofProcess() {
    return of(System.getenv());
  }

  /**
   * Returns the value of {@code KUBECONFIG} if none of its files exists; empty if one exists or the
   * variable is not set.
   */
  public Optional<String> missingKubeconfig() {
    List<Path> named = named();
    return named.isEmpty() || named.stream().anyMatch(Files::exists)
        ? Optional.empty()
        : Optional.of(environment.getOrDefault(Kubeconfig.VARIABLE, ""));
  }

  private List<Path> named() {
    return FILES
        .splitToStream(environment.getOrDefault(Kubeconfig.VARIABLE, ""))
        .map(Path::of)
        .toList();
  }

  /**
   * Reads all files again, because any may have changed. Blocks for some seconds while a plugin
   * provides the credentials.
   *
   * @throws ClusterException when a part is missing, broken or not supported
   */
  public Cluster open() {
    List<Path> files = named();
    if (files.isEmpty()) {
      files = List.of(Path.of(home(), ".kube", "config"));
      if (!Files.isRegularFile(files.getFirst())) {
        return ofAccount();
      }
    }
    return Kubeconfig.read(files).cluster(environment);
  }

  private String home() {
    String home = environment.getOrDefault("HOME", "");
    return home.isEmpty() ? System.getProperty("user.home", ".") : home;
  }

  private Cluster ofAccount() {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    if (host.isEmpty() || port.isEmpty()) {
      throw new ClusterException(
          "no way to an API server: KUBECONFIG is not set, %s is not there, and no pod"
                  .formatted(Path.of(home(), ".kube", "config"))
              + " (KUBERNETES_SERVICE_HOST) is around this process");
    }
    String server = "https://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    String from = "service account of the pod";
    Config config = Config.empty();
    config.setCaCertData(Pem.certificates(account.resolve("ca.crt"), from));
    config.setOauthTokenProvider(TokenFile.open(account.resolve("token"), from));
    Path namespace = account.resolve("namespace");
    if (Files.exists(namespace)) {
      config.setNamespace(SmallFiles.text(namespace, from).strip());
    }
    return finish(config, server, from, null, null, environment);
  }

  /**
   * Completes a configuration with the server and its proxy.
   *
   * @param tlsName name in the server's certificate; null: the name of the address
   * @param own proxy of this cluster; null: the proxy of the environment
   */
  static Cluster finish(
      Config config,
      String server,
      String from,
      @Nullable String tlsName,
      @Nullable HttpProxy own,
      Map<String, String> environment) {
    URI uri = server(server, from);
    config.setMasterUrl(server);
    Optional<HttpProxy> proxy = own == null ? HttpProxy.of(uri, environment) : Optional.of(own);
    proxy.ifPresent(
        through -> {
          config.setHttpProxy(through.url());
          config.setHttpsProxy(through.url());
        });
    return new Cluster(
        config,
        tlsName,
        "%s%s (%s)".formatted(server, proxy.map(through -> " by " + through).orElse(""), from));
  }

  /** Returns the class name alone: the environment contains secrets. */
  @Override
  public String toString() {
    return "ClusterAccess";
  }

  private static URI server(String text, String from) {
    try {
      URI uri = URI.create(text);
      String scheme = String.valueOf(uri.getScheme());
      if (uri.getHost() != null
          && (scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http"))) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      // A malformed URI fails like one without a host.
    }
    throw new ClusterException(
        "%s: the server must be https://host:port, is \"%s\"".formatted(from, text));
  }
}
