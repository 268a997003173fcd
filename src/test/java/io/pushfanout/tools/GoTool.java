package io.pushfanout.tools;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program that tests need and that Go builds from one of the modules in {@code tools}. Each is
 * built once, into a cache outside the checkout, unless a system property or an environment
 * variable names another.
 */
public enum GoTool {
  ETCD("PUSHFANOUT_ETCD", "etcd", "etcd", "go.etcd.io/etcd/server/v3", ""),
  KUBE_APISERVER(
      "PUSHFANOUT_KUBE_APISERVER",
      "kubernetes",
      "kube-apiserver",
      "k8s.io/kubernetes/cmd/kube-apiserver",
      "-X k8s.io/component-base/version.gitVersion=v%1$s"
          + " -X k8s.io/component-base/version.gitMajor=%2$s"
          + " -X k8s.io/component-base/version.gitMinor=%3$s"),
  KUBECTL(
      "PUSHFANOUT_KUBECTL",
      "kubernetes",
      "kubectl",
      "k8s.io/kubernetes/cmd/kubectl",
      "-X k8s.io/component-base/version.gitVersion=v%1$s"
          + " -X k8s.io/client-go/pkg/version.gitVersion=v%1$s"),
  HELM(
      "PUSHFANOUT_HELM",
      "kubernetes",
      "helm",
      "helm.sh/helm/v4/cmd/helm",
      "-X helm.sh/helm/v4/internal/version.version=v%1$s"),
  /** Conformance tests of HTTP/2's specification. */
  H2SPEC("PUSHFANOUT_H2SPEC", "h2spec", "h2spec", "github.com/summerwind/h2spec/cmd/h2spec", ""),
  /** Promtool without the discovery of clouds, which is most of it and unused in tests. */
  PROMTOOL(
      "PUSHFANOUT_PROMTOOL",
      "prometheus",
      "promtool",
      "github.com/prometheus/prometheus/cmd/promtool",
      "",
      "remove_all_sd");

  /** The first half of a message about a missing program. */
  static final String NEED = "Go 1.26 or later is needed (https://go.dev/dl)";

  /** The API server takes five minutes on an idle machine. */
  private static final long BUILD_MINUTES = 60;

  private final String named;
  private final String module;
  private final String program;
  private final String target;

  /** Flags of the linker, with places for the version and its first two numbers. */
  private final String ldflags;

  private final String tags;

  GoTool(String named, String module, String program, String target, String ldflags) {
    this(named, module, program, target, ldflags, "");
  }

  GoTool(String named, String module, String program, String target, String ldflags, String tags) {
    this.named = named;
    this.module = module;
    this.program = program;
    this.target = target;
    this.ldflags = ldflags;
    this.tags = tags;
  }

  /**
   * Returns the program; the first call finds or builds it.
   *
   * @throws IllegalStateException if there is none and Go cannot build it, with the reason
   */
  public Path path() {
    String other = System.getProperty(named, ToolCache.ENVIRONMENT.getOrDefault(named, ""));
    if (!other.isEmpty()) {
      return Path.of(other);
    }
    Path cached = ToolCache.folder(module, version()).resolve(program);
    ToolCache.makeUnlessThere(cached, () -> build(cached));
    return cached;
  }

  String title() {
    return program + " " + version();
  }

  private Path moduleFolder() {
    return Path.of("tools", module);
  }

  /** Returns the version of the program's module in {@code go.mod}. */
  private String version() {
    try {
      Matcher required =
          Pattern.compile("^(?:require)?\\s*(\\S+) v(\\S+)", Pattern.MULTILINE)
              .matcher(Files.readString(moduleFolder().resolve("go.mod")));
      while (required.find()) {
        if ((target + "/").startsWith(required.group(1) + "/")) {
          return required.group(2);
        }
      }
      throw new IllegalStateException("no version of " + target + " in tools/" + module);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String ldflags() {
    List<String> parts = Splitter.on('.').splitToList(version());
    return ldflags.formatted(version(), parts.get(0), parts.get(1));
  }

  private void build(Path cached) throws IOException {
    Programs.require("go", NEED);
    Path fresh = cached.resolveSibling(program + ".new");
    ProcessBuilder go =
        new ProcessBuilder(
                "go",
                "build",
                "-trimpath",
                "-tags=" + tags,
                "-ldflags=-s -w " + ldflags(),
                "-o",
                fresh.toAbsolutePath().toString(),
                target)
            .directory(moduleFolder().toFile());
    go.environment().put("CGO_ENABLED", "0");
    Path log = cached.resolveSibling(program + ".log");
    @Nullable String whyNot = ToolCache.run(go, log, BUILD_MINUTES);
    if (whyNot != null) {
      throw new IllegalStateException(
          "%s, or %s has to name another; %s".formatted(NEED, named, whyNot));
    }
    Files.move(fresh, cached, StandardCopyOption.ATOMIC_MOVE);
  }
}
