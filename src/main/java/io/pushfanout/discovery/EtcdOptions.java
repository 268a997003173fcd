package io.pushfanout.discovery;

import io.pushfanout.reload.FileException;
import io.pushfanout.text.Printable;
import io.pushfanout.tls.PemContents;
import io.pushfanout.tls.PemFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of the connection to etcd.
 *
 * @param endpoints members of one cluster, at least one; all {@code http://} or all {@code
 *     https://}, with host and port and nothing else
 * @param user user with a password, or neither
 * @param ca PEM certificates to trust instead of the JDK's; only with https
 * @param certificate PEM, this side's certificate for mutual TLS, with its key, or neither
 * @param key PEM
 * @param authority the name to expect in the server's certificate, where the endpoints' hosts are
 *     not in it
 */
public record EtcdOptions(
    List<URI> endpoints,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable String authority) {
  public static final String LOCAL_ENDPOINT = "http://127.0.0.1:2379";

  /** The options for an etcd on this machine. */
  public static final EtcdOptions LOCAL = parse(List.of(LOCAL_ENDPOINT));

  /**
   * @throws EtcdOptionException names the flag of an invalid value
   */
  public EtcdOptions {
    endpoints = List.copyOf(endpoints);
    require(!endpoints.isEmpty(), "--etcd-endpoints", "needs at least one URL");
    require(
        endpoints.stream().map(URI::getScheme).distinct().count() == 1,
        "--etcd-endpoints",
        "must be all http:// or all https://");
    require(password == null || user != null, "--etcd-password", "needs --etcd-user with it");
    require(user == null || password != null, "--etcd-user", "needs --etcd-password with it");
    require(key == null || certificate != null, "--etcd-key", "needs --etcd-cert with it");
    require(certificate == null || key != null, "--etcd-cert", "needs --etcd-key with it");
    boolean tls = "https".equals(endpoints.getFirst().getScheme());
    requireFile("--etcd-ca", ca, tls);
    requireFile("--etcd-cert", certificate, tls);
    requireFile("--etcd-key", key, tls);
    require(authority == null || tls, "--etcd-authority", "needs https:// endpoints");
    try {
      var _ = PemContents.read(new PemFiles(certificate, key, ca));
    } catch (FileException e) {
      throw new EtcdOptionException(
          flag(e.file(), ca, certificate), String.valueOf(e.getMessage()));
    }
  }

  private static String flag(Path file, @Nullable Path ca, @Nullable Path certificate) {
    if (file.equals(ca)) {
      return "--etcd-ca";
    }
    return file.equals(certificate) ? "--etcd-cert" : "--etcd-key";
  }

  /** Returns the files of TLS. */
  PemFiles files() {
    return new PemFiles(certificate, key, ca);
  }

  /**
   * Reads the options from the values of flags; an empty text is an absent option.
   *
   * @throws EtcdOptionException names the flag of an invalid value
   */
  public static EtcdOptions parse(
      List<String> endpoints,
      @Nullable String user,
      @Nullable String password,
      @Nullable String ca,
      @Nullable String certificate,
      @Nullable String key,
      @Nullable String authority) {
    return new EtcdOptions(
        endpoints.stream().map(EtcdOptions::endpoint).distinct().toList(),
        given(user),
        given(password),
        file("--etcd-ca", ca),
        file("--etcd-cert", certificate),
        file("--etcd-key", key),
        given(authority));
  }

  /** Reads endpoints that need neither a user nor a client certificate. */
  public static EtcdOptions parse(List<String> endpoints) {
    return parse(endpoints, null, null, null, null, null, null);
  }

  /** Returns the endpoints, for a message. */
  String where() {
    return endpoints.stream().map(URI::toString).collect(Collectors.joining(","));
  }

  private static URI endpoint(String given) {
    String text = given.strip();
    try {
      URI url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getPort() >= 1
          && url.getPort() <= 65535
          && url.getRawPath().isEmpty()
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (IllegalArgumentException _) {
      // Refused below, like any other text that is not an endpoint.
    }
    // A URL may hold a password, which must not reach a log.
    String shown = text.indexOf('@') < 0 ? ", is \"" + Printable.line(text) + "\"" : "";
    throw new EtcdOptionException("--etcd-endpoints", "must be like http://127.0.0.1:2379" + shown);
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static @Nullable Path file(String flag, @Nullable String text) {
    try {
      return text == null || text.isEmpty() ? null : Path.of(text);
    } catch (IllegalArgumentException _) {
      throw new EtcdOptionException(flag, "is no path");
    }
  }

  private static void requireFile(String flag, @Nullable Path file, boolean tls) {
    if (file != null) {
      require(tls, flag, "needs https:// endpoints");
      require(
          Files.isRegularFile(file) && Files.isReadable(file),
          flag,
          "cannot be read: " + Printable.line(file.toString()));
    }
  }

  private static void require(boolean condition, String flag, String problem) {
    if (!condition) {
      throw new EtcdOptionException(flag, problem);
    }
  }

  /** Returns the endpoints and the user, without the password. */
  @Override
  public String toString() {
    return "EtcdOptions[" + endpoints + (user == null ? "" : ", user " + user) + "]";
  }

  /** A refusal of an invalid etcd option; the message names its flag. */
  public static final class EtcdOptionException extends IllegalArgumentException {
    private final String flag;
    private final String problem;

    EtcdOptionException(String flag, String problem) {
      super(flag + ": " + problem);
      this.flag = flag;
      this.problem = problem;
    }

    /** Returns the flag, such as {@code --etcd-endpoints}. */
    public String flag() {
      return flag;
    }

    /** Returns the problem, to follow the flag and a colon; one line. */
    public String problem() {
      return problem;
    }
  }
}
