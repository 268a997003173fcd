package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import io.pushfanout.tools.GoTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The chart, rendered and installed by the real Helm. */
public final class Chart {
  public static final Path HOME = Path.of("helm", "pushfanout");
  static final String RELEASE = "pushfanout";
  static final String NAMESPACE = "pushfanout";

  /** Folder for Helm's own files, so that those of this machine's user have no effect. */
  private static final Path OWN = Path.of("target", "helm").toAbsolutePath();

  /**
   * Renderings by their arguments: several tests share one, and a run of Helm takes longer than a
   * test.
   */
  private static final LoadingCache<List<String>, Run> RENDERED =
      CacheBuilder.newBuilder().maximumSize(16).build(CacheLoader.from(Chart::helm));

  /** The exit code and the output of a run of Helm. */
  public record Run(int code, String out, String err) {}

  private Chart() {}

  /** Returns the objects of a release, with these values in the form of {@code --set}. */
  static Rendered render(String... values) {
    return Rendered.of(template(RELEASE, NAMESPACE, values));
  }

  static String template(String release, String namespace, String... values) {
    Run run = tryTemplate(release, namespace, values);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  static Run tryTemplate(String release, String namespace, String... values) {
    List<String> arguments = new ArrayList<>(template(release, namespace, HOME));
    for (String value : values) {
      arguments.addAll(List.of("--set", value));
    }
    return RENDERED.getUnchecked(List.copyOf(arguments));
  }

  /** Returns the arguments that render a chart. */
  static List<String> template(String release, String namespace, Path chart) {
    return List.of("template", release, chart.toString(), "--namespace", namespace);
  }

  static String ok(List<String> arguments) {
    Run run = helm(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  public static Run helm(List<String> arguments) {
    return run(helmProcess(arguments));
  }

  /** Runs Helm on a cluster. */
  static Run helm(Path kubeconfig, List<String> arguments) {
    ProcessBuilder builder = helmProcess(arguments);
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    return run(builder);
  }

  private static ProcessBuilder helmProcess(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(GoTool.HELM.path().toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String kind : List.of("CACHE", "CONFIG", "DATA")) {
      builder.environment().put("HELM_" + kind + "_HOME", OWN.resolve(kind).toString());
    }
    return builder;
  }

  static Run run(ProcessBuilder builder) {
    try {
      Path err = Files.createTempFile("helm", ".err");
      Process process = builder.redirectError(err.toFile()).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Run run = new Run(process.waitFor(), out, Files.readString(err));
      Files.delete(err);
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static String read(String file) {
    try {
      return Files.readString(HOME.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
