package io.pushfanout.connect;

import io.pushfanout.tools.ChildProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A node in another language, in a process of its own. */
final class EchoProcess implements EchoNode {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ChildProcess process;

  EchoProcess(List<String> program, Map<String, String> environment, int port, boolean tls) {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--port", Integer.toString(port)));
    if (tls) {
      command.addAll(List.of("--cert", TlsNodes.NODE.certificate().toString()));
      command.addAll(List.of("--key", TlsNodes.NODE.key().toString()));
    }
    process = ChildProcess.start("echo", environment, command);
    process.awaitLine("listening", PATIENCE);
  }

  @Override
  public List<String> said() {
    String printed = process.stdout();
    // A line that is being written has no end yet.
    return printed.substring(0, printed.lastIndexOf('\n') + 1).lines().toList();
  }

  @Override
  public void stop() {
    process.write("stop\n");
    process.awaitExit(PATIENCE);
  }

  @Override
  public void kill() {
    process.close();
  }
}
