package io.pushfanout.cli;

import io.pushfanout.options.BindHost;
import picocli.CommandLine.Option;

/** The option {@code --bind} of every command that listens. */
final class BindOption {
  @Option(
      names = "--bind",
      paramLabel = "HOST",
      description = "The host of all ports (default: 127.0.0.1).")
  private BindHost host = BindHost.LOOPBACK;

  BindHost host() {
    return host;
  }
}
