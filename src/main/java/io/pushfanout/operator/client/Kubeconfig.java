package io.pushfanout.operator.client;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * The merged files of {@code KUBECONFIG}: the first file that has an entry wins, as for kubectl.
 * Missing files are skipped as long as one file exists.
 */
final class Kubeconfig {
  static final String VARIABLE = "KUBECONFIG";

  private final List<Read> files;

  private record Read(Path path, io.fabric8.kubernetes.api.model.Config content) {}

  /**
   * A cluster or user with its origin.
   *
   * @param value cluster or user
   * @param path file of the entry; relative paths start at its folder
   * @param field field such as {@code kubeconfig /a: users[b].user}
   */
  private record Named<T>(T value, Path path, String field) {}

  private Kubeconfig(List<Read> files) {
    this.files = files;
  }

  /**
   * Reads the files that exist.
   *
   * @throws ClusterException with the name of the file that cannot be read
   */
  static Kubeconfig read(List<Path> paths) {
    List<Path> present = paths.stream().filter(Files::exists).toList();
    if (present.isEmpty()) {
      throw new ClusterException(
          "kubeconfig: there is no file "
              + paths.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
    List<Read> files = new ArrayList<>();
    for (Path path : present) {
      String text = SmallFiles.text(path, "kubeconfig");
      if (!text.isBlank()) {
        files.add(new Read(path, parse(text, path)));
      }
    }
    if (files.isEmpty()) {
      throw new ClusterException("kubeconfig %s: is empty".formatted(present.getFirst()));
    }
    return new Kubeconfig(files);
  }

  private static io.fabric8.kubernetes.api.model.Config parse(String text, Path path) {
    try {
      return KubeconfigReader.read(text);
    } catch (RuntimeException e) {
      // The message leaves out the text, which may be a token.
      throw new ClusterException("kubeconfig %s: is no kubeconfig".formatted(path), e);
    }
  }

  /**
   * Returns the cluster of the current context, with the credentials of its user.
   *
   * @param environment variables that may name a proxy
   * @throws ClusterException with the name of the field that is missing, broken or not supported
   */
  Cluster cluster(Map<String, String> environment) {
    Path first = files.getFirst().path();
    String current =
        files.stream()
            .map(file -> file.content().getCurrentContext())
            .filter(name -> name != null && !name.isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    new ClusterException(
                        "kubeconfig %s: current-context is not set".formatted(first)));
    Context context =
        find("contexts", "context", current, Kubeconfig::contexts)
            .orElseThrow(() -> missing("contexts", current))
            .value();
    Named<io.fabric8.kubernetes.api.model.Cluster> cluster =
        find("clusters", "cluster", context.getCluster(), Kubeconfig::clusters)
            .orElseThrow(() -> missing("clusters", context.getCluster()));
    Config config = Config.empty();
    if (context.getNamespace() != null && !context.getNamespace().isEmpty()) {
      config.setNamespace(context.getNamespace());
    }
    trust(config, cluster);
    String user = context.getUser();
    if (user != null && !user.isEmpty()) {
      Named<AuthInfo> found =
          find("users", "user", user, Kubeconfig::users).orElseThrow(() -> missing("users", user));
      KubeconfigUser.apply(
          found.value(), new FileField(found.path(), found.field()), cluster.value(), config);
    }
    String server = cluster.value().getServer();
    if (server == null || server.isEmpty()) {
      throw new ClusterException(cluster.field() + ".server: is missing");
    }
    String proxyUrl = cluster.value().getProxyUrl();
    HttpProxy own =
        proxyUrl == null || proxyUrl.isEmpty()
            ? null
            : HttpProxy.parse(proxyUrl, cluster.field() + ".proxy-url");
    return ClusterAccess.finish(
        config, server, "kubeconfig " + cluster.path(), tlsName(cluster), own, environment);
  }

  private static void trust(Config config, Named<io.fabric8.kubernetes.api.model.Cluster> named) {
    io.fabric8.kubernetes.api.model.Cluster cluster = named.value();
    FileField at = new FileField(named.path(), named.field());
    if (Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify())) {
      config.setTrustCerts(true);
      config.setDisableHostnameVerification(true);
    } else {
      config.setCaCertData(
          at.certificates(
              "certificate-authority",
              cluster.getCertificateAuthority(),
              cluster.getCertificateAuthorityData()));
    }
  }

  private static @Nullable String tlsName(Named<io.fabric8.kubernetes.api.model.Cluster> cluster) {
    String name = cluster.value().getTlsServerName();
    if (name == null || name.isEmpty()) {
      return null;
    }
    try {
      SNIHostName _ = new SNIHostName(name);
      return name;
    } catch (IllegalArgumentException e) {
      throw new ClusterException(cluster.field() + ".tls-server-name: is no name of a host", e);
    }
  }

  private ClusterException missing(String list, @Nullable String name) {
    return new ClusterException(
        "kubeconfig %s: %s has no \"%s\"".formatted(files.getFirst().path(), list, name));
  }

  private <T> Optional<Named<T>> find(
      String list,
      String kind,
      @Nullable String name,
      Function<io.fabric8.kubernetes.api.model.Config, Stream<Map.Entry<String, T>>> entries) {
    return files.stream()
        .flatMap(
            file ->
                entries
                    .apply(file.content())
                    .filter(entry -> entry.getKey().equals(name))
                    .map(
                        entry ->
                            new Named<>(
                                entry.getValue(),
                                file.path(),
                                "kubeconfig %s: %s[%s].%s"
                                    .formatted(file.path(), list, name, kind))))
        .findFirst();
  }

  private static Stream<Map.Entry<String, Context>> contexts(
      io.fabric8.kubernetes.api.model.Config of) {
    return present(of.getContexts())
        .filter(named -> named.getContext() != null)
        .map(named -> Map.entry(String.valueOf(named.getName()), named.getContext()));
  }

  private static Stream<Map.Entry<String, io.fabric8.kubernetes.api.model.Cluster>> clusters(
      io.fabric8.kubernetes.api.model.Config of) {
    return present(of.getClusters())
        .filter(named -> named.getCluster() != null)
        .map(named -> Map.entry(String.valueOf(named.getName()), named.getCluster()));
  }

  private static Stream<Map.Entry<String, AuthInfo>> users(
      io.fabric8.kubernetes.api.model.Config of) {
    return present(of.getUsers())
        .filter(named -> named.getUser() != null)
        .map(named -> Map.entry(String.valueOf(named.getName()), named.getUser()));
  }

  private static <T> Stream<T> present(@Nullable List<T> list) {
    return list == null ? Stream.empty() : list.stream().filter(Objects::nonNull);
  }
}
