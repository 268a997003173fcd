package io.pushfanout.operator.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Strings;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.ExecEnvVar;
import io.fabric8.kubernetes.api.model.NamedExtension;
import io.fabric8.kubernetes.client.OAuthTokenProvider;
import io.pushfanout.text.Causes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A credential plugin that a kubeconfig names, run as by client-go: at the first use, and whenever
 * its credentials expire. Thread-safe; a call blocks for {@link #TIMEOUT} at most.
 */
final class ExecPlugin implements OAuthTokenProvider {
  /** Time for one run of the plugin; the client sends no request to the API server meanwhile. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Set<String> VERSIONS =
      Set.of("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1");

  /** Name of a cluster's extension for plugins. */
  private static final String EXTENSION = "client.authentication.k8s.io/exec";

  private static final int LINE_MAX = 200;
  private static final Duration BEFORE_EXPIRY = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExecConfig exec;
  private final FileField at;
  private final Cluster cluster;
  private @Nullable Credential last;

  /**
   * The credentials of a plugin: a token, a certificate with its key, or both.
   *
   * @param token bearer token
   * @param certificate PEM certificates
   * @param key PEM key of the certificate
   * @param expires time of expiry; null: never
   */
  record Credential(
      @Nullable String token,
      @Nullable String certificate,
      @Nullable String key,
      @Nullable Instant expires) {}

  ExecPlugin(ExecConfig exec, FileField at, Cluster cluster) {
    this.exec = exec;
    this.at = at;
    this.cluster = cluster;
    if (!VERSIONS.contains(String.valueOf(exec.getApiVersion()))) {
      throw new ClusterException(
          "%s: must be one of %s, is \"%s\""
              .formatted(
                  at.field("exec.apiVersion"),
                  VERSIONS.stream().sorted().toList(),
                  exec.getApiVersion()));
    }
    if ("Always".equals(exec.getInteractiveMode())) {
      throw new ClusterException(
          at.field("exec.interactiveMode") + ": Always needs a terminal, and there is none");
    }
    if (exec.getCommand() == null || exec.getCommand().isEmpty()) {
      throw new ClusterException(at.field("exec.command") + ": is missing");
    }
  }

  /** Returns a token that has not expired; null if the plugin provides only a certificate. */
  @Override
  public @Nullable String getToken() {
    return credential().token();
  }

  /**
   * Returns the last credentials, or those of a new run if they have expired.
   *
   * @throws ClusterException with the reason why the plugin provides no credentials
   */
  synchronized Credential credential() {
    Credential known = last;
    if (known == null || hasExpired(known)) {
      known = read(run());
      last = known;
    }
    return known;
  }

  private static boolean hasExpired(Credential known) {
    return known.expires() != null && Instant.now().isAfter(known.expires().minus(BEFORE_EXPIRY));
  }

  private String run() {
    Process process = start();
    try {
      PluginOutput out = new PluginOutput(process.getInputStream());
      PluginOutput err = new PluginOutput(process.getErrorStream());
      process.getOutputStream().close();
      if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed("has not ended within %d s".formatted(TIMEOUT.toSeconds()));
      }
      if (process.exitValue() != 0) {
        throw failed(
            "has ended with code %d: %s".formatted(process.exitValue(), lastLine(err.text())));
      }
      return out.text();
    } catch (IOException e) {
      throw new ClusterException(at.field("exec") + ": " + Causes.text(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(at.field("exec") + ": interrupted", e);
    } finally {
      kill(process);
    }
  }

  private Process start() {
    String name = exec.getCommand();
    List<String> command = new ArrayList<>();
    command.add(name.indexOf('/') < 0 ? name : at.file(name).toString());
    if (exec.getArgs() != null) {
      exec.getArgs().forEach(one -> command.add(Strings.nullToEmpty(one)));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    if (exec.getEnv() != null) {
      exec.getEnv().forEach(one -> set(builder.environment(), one));
    }
    builder.environment().put("KUBERNETES_EXEC_INFO", info());
    try {
      return builder.start();
    } catch (IOException e) {
      String hint = exec.getInstallHint();
      throw new ClusterException(
          "%s: %s cannot be run%s"
              .formatted(
                  at.field("exec.command"),
                  name,
                  hint == null || hint.isBlank() ? "" : " (" + hint.strip() + ")"),
          e);
    }
  }

  private void set(Map<String, String> variables, @Nullable ExecEnvVar variable) {
    if (variable == null || Strings.isNullOrEmpty(variable.getName())) {
      throw new ClusterException(at.field("exec.env") + ": a variable without a name");
    }
    try {
      variables.put(variable.getName(), Strings.nullToEmpty(variable.getValue()));
    } catch (IllegalArgumentException e) {
      throw new ClusterException(at.field("exec.env") + ": a variable that no process can have", e);
    }
  }

  private String info() {
    ObjectNode info =
        JSON.createObjectNode()
            .put("apiVersion", exec.getApiVersion())
            .put("kind", "ExecCredential");
    ObjectNode spec = info.putObject("spec").put("interactive", false);
    if (Boolean.TRUE.equals(exec.getProvideClusterInfo())) {
      spec.putObject("cluster")
          .put("server", cluster.getServer())
          .put("certificate-authority-data", cluster.getCertificateAuthorityData())
          .put("proxy-url", cluster.getProxyUrl())
          .put("tls-server-name", cluster.getTlsServerName())
          .put("insecure-skip-tls-verify", Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify()))
          .set("config", JSON.valueToTree(extension()));
    }
    return info.toString();
  }

  /** Returns the settings of a cluster that only its plugins read; null without any. */
  private @Nullable Object extension() {
    return cluster.getExtensions().stream()
        .filter(one -> EXTENSION.equals(one.getName()))
        .map(NamedExtension::getExtension)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private Credential read(String out) {
    JsonNode json;
    try {
      json = JSON.readTree(out);
    } catch (JsonProcessingException e) {
      throw new ClusterException(at.field("exec") + ": its output is no JSON", e);
    }
    if (!exec.getApiVersion().equals(json.path("apiVersion").asText())) {
      throw failed("has output of apiVersion \"%s\"".formatted(json.path("apiVersion").asText()));
    }
    JsonNode status = json.path("status");
    String token = text(status, "token");
    String certificate = text(status, "clientCertificateData");
    String key = text(status, "clientKeyData");
    if ((certificate == null) != (key == null)) {
      throw failed("has given a certificate or a key, and they need each other");
    }
    if (token == null && certificate == null) {
      throw failed("has given neither token nor certificate");
    }
    if (token != null) {
      String _ = TokenFile.checked(token, at.field("exec") + ": status.token");
    }
    return new Credential(token, certificate, key, expires(status));
  }

  private @Nullable Instant expires(JsonNode status) {
    String text = text(status, "expirationTimestamp");
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ClusterException(at.field("exec") + ": expirationTimestamp is no time", e);
    }
  }

  private static @Nullable String text(JsonNode status, String key) {
    String text = status.path(key).asText("");
    return text.isEmpty() ? null : text;
  }

  private ClusterException failed(String what) {
    return new ClusterException(
        "%s: %s %s".formatted(at.field("exec.command"), exec.getCommand(), what));
  }

  private static String lastLine(String text) {
    String line = text.lines().filter(one -> !one.isBlank()).reduce("", (_, one) -> one);
    return line.substring(0, Math.min(line.length(), LINE_MAX));
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
