package io.pushfanout.kube;

import io.pushfanout.tools.GoTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real kubectl, with a kubeconfig of its own. */
public final class Kubectl {
  private static final long MINUTES = 2;

  private final Path kubeconfig;
  private final Path home;

  /** The output and the exit code of one run. */
  public record Answer(int exit, String out, String err) {
    /** Returns the output of a successful run, and fails otherwise. */
    public String ok() {
      if (exit != 0) {
        throw new AssertionError("kubectl: " + this);
      }
      return out;
    }
  }

  /**
   * @param folder for the files of kubectl
   */
  Kubectl(KubeConfig config, Path folder) {
    this.kubeconfig = config.writeTo(folder);
    this.home = folder;
  }

  /** Runs kubectl to its end. */
  public Answer run(String... arguments) {
    return runWith("", arguments);
  }

  /** Runs kubectl to its end, with this input for {@code -f -}. */
  public Answer runWith(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(GoTool.KUBECTL.path().toString()));
    command.addAll(List.of(arguments));
    try {
      Path in = Files.writeString(Files.createTempFile(home, "kubectl", ".in"), input);
      Path out = Files.createTempFile(home, "kubectl", ".out");
      Path err = Files.createTempFile(home, "kubectl", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("KUBECONFIG", kubeconfig.toString());
      // The home holds kubectl's cache of the server's kinds.
      builder.environment().put("HOME", home.toString());
      int exit = exit(builder.start());
      return new Answer(exit, Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int exit(Process kubectl) {
    try {
      if (!kubectl.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new AssertionError("kubectl has not ended within " + MINUTES + " minutes");
      }
      return kubectl.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      kubectl.destroyForcibly();
    }
  }
}
