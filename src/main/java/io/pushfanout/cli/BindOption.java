package io.pushfanout.cli;

import io.pushfanout.options.BindHost;
import picocli.CommandLine.Option;

/** {@code --bind}, for every command that listens. */
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
