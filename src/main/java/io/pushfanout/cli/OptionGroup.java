package io.pushfanout.cli;

import java.util.Arrays;
import java.util.List;

/** The headings of a command's help in display order, each with its options. */
enum OptionGroup {
  COMMAND("Options"),
  SOURCES(
      "PushFanouts and their nodes",
      "--node",
      "--config",
      "--set",
      "--kubernetes",
      "--namespace",
      "--selector",
      "--lease-name",
      "--replica-name",
      "--default-target",
      "--state-dir"),
  ETCD("etcd", "--etcd-*"),
  TENANTS(
      "What tenants of --kubernetes may have",
      "--allow-static",
      "--allow-service",
      "--allow-tls",
      "--ceiling"),
  ACCESS("Who may broadcast", "--auth*", "--audit-log", "--token-file"),
  TLS("TLS", "--tls*", "--http-tls"),
  LIMITS("Limits", "--max-*", "--memory-budget"),
  STOP("Stop", "--shutdown-*"),
  EVERYWHERE("Of every command", "--log-level", "--log-format", "--help", "--version");

  private final String heading;
  private final List<String> options;

  /**
   * Creates a group.
   *
   * @param options names, or prefixes of names followed by {@code *}
   */
  OptionGroup(String heading, String... options) {
    this.heading = heading;
    this.options = List.of(options);
  }

  String heading() {
    return heading;
  }

  /** Returns the group of an option; {@link #COMMAND} if no other group has it. */
  static OptionGroup of(String option) {
    return Arrays.stream(values())
        .filter(group -> group.options.stream().anyMatch(name -> matches(name, option)))
        .findFirst()
        .orElse(COMMAND);
  }

  private static boolean matches(String name, String option) {
    return name.endsWith("*")
        ? option.startsWith(name.substring(0, name.length() - 1))
        : option.equals(name);
  }
}
