package io.pushfanout.cli;

import io.pushfanout.options.UsageException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of this process among its replicas: the name given by flag, else the pod's name, else
 * host and process id. The name becomes part of a Kubernetes object's name and must be a DNS
 * subdomain.
 */
final class ReplicaName {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,198}[a-z0-9])?");

  private ReplicaName() {}

  /**
   * Returns the name of this replica.
   *
   * @param given name given by {@code --replica-name}, or null
   * @throws UsageException when the given name is malformed
   */
  static String choose(@Nullable String given, Map<String, String> environment) {
    if (given != null) {
      if (!FORM.matcher(given).matches()) {
        throw new UsageException(
            "--replica-name",
            "must be of a-z, 0-9, '-' and '.', at most 200 of them, is \"" + given + "\"");
      }
      return given;
    }
    String pod = environment.getOrDefault("POD_NAME", "");
    return FORM.matcher(pod).matches() ? pod : ofProcess(host());
  }

  private static String ofProcess(String host) {
    String fitting = host.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
    String name = fitting.substring(0, Math.min(fitting.length(), 150)) + "-" + pid();
    return FORM.matcher(name).matches() ? name : "pushfanout-" + pid();
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "pushfanout";
    }
  }
}
