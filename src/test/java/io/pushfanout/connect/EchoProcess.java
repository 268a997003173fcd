package io.pushfanout.connect;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A node in another language, in a process of its own. */
final class EchoProcess implements EchoNode {
  private static final int PATIENCE_SECONDS = 30;

  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
  private final CountDownLatch listening = new CountDownLatch(1);
  private final Process process;
  private final Thread reader;

  EchoProcess(List<String> program, Map<String, String> environment, int port, boolean tls)
      throws Exception {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--port", Integer.toString(port)));
    if (tls) {
      command.addAll(List.of("--cert", TlsNodes.NODE.certificate().toString()));
      command.addAll(List.of("--key", TlsNodes.NODE.key().toString()));
    }
    Path errors = Path.of("target", "echo-" + port + ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    process = builder.start();
    reader = Thread.ofVirtual().start(this::readLines);
    if (!listening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " does not listen; see " + errors);
    }
  }

  private void readLines() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.equals("listening")) {
          listening.countDown();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public void stop() throws Exception {
    process.outputWriter().append("stop\n").flush();
    awaitEnd();
  }

  @Override
  public void kill() throws Exception {
    // The process's own method would also close what it has said.
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("has not ended within " + PATIENCE_SECONDS + " s");
    }
    reader.join();
  }
}
