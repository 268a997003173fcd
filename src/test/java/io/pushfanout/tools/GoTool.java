package io.pushfanout.tools;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program that tests need and that Go builds from one of the modules in {@code tools}: once, into
 * a cache outside the checkout, unless a system property or an environment variable names another.
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
      "-X helm.sh/helm/v4/internal/version.version=v%1$s");

  /** The API server takes five minutes where nobody else wants the processors. */
  private static final long BUILD_MINUTES = 60;

  private static final Map<String, String> ENVIRONMENT = System.getenv();

  private final String named;
  private final String module;
  private final String program;
  private final String target;

  /** The linker's, where the version and its first two numbers are put in. */
  private final String ldflags;

  GoTool(String named, String module, String program, String target, String ldflags) {
    this.named = named;
    this.module = module;
    this.program = program;
    this.target = target;
    this.ldflags = ldflags;
  }

  /**
   * The program; found or built by the first that asks.
   *
   * @throws IllegalStateException when there is none and Go cannot build it; says why
   */
  public Path path() {
    String other = System.getProperty(named, ENVIRONMENT.getOrDefault(named, ""));
    if (!other.isEmpty()) {
      return Path.of(other);
    }
    Path cached = cache().resolve(module + "-" + version()).resolve(program);
    if (!Files.isExecutable(cached)) {
      buildUnlessThere(cached);
    }
    return cached;
  }

  private static Path cache() {
    String xdg = ENVIRONMENT.getOrDefault("XDG_CACHE_HOME", "");
    Path root = xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
    return root.resolve(Path.of("pushfanout", "tools"));
  }

  private Path moduleFolder() {
    return Path.of("tools", module);
  }

  /** That of the module in which the program is, as {@code go.mod} has it. */
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

  /** One thread and one process at a time; whoever comes later finds what the first has built. */
  private void buildUnlessThere(Path cached) {
    synchronized (GoTool.class) {
      try {
        Files.createDirectories(cached.getParent());
        try (FileChannel lock =
                FileChannel.open(
                    cached.resolveSibling("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock _ = lock.lock()) {
          if (!Files.isExecutable(cached)) {
            build(cached);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void build(Path cached) throws IOException {
    System.err.printf("%s is built by Go, once, into %s%n", program, cached.getParent());
    Path fresh = cached.resolveSibling(program + ".new");
    Path log = cached.resolveSibling(program + ".log");
    ProcessBuilder go =
        new ProcessBuilder(
                "go",
                "build",
                "-trimpath",
                "-ldflags=-s -w " + ldflags(),
                "-o",
                fresh.toAbsolutePath().toString(),
                target)
            .directory(moduleFolder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    go.environment().put("CGO_ENABLED", "0");
    @Nullable String whyNot = run(go);
    if (whyNot != null) {
      throw new IllegalStateException(
          "these tests need %s: set %s, or install Go; %s\n%s"
              .formatted(program, named, whyNot, Files.exists(log) ? Files.readString(log) : ""));
    }
    Files.move(fresh, cached, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Null, or why it did not succeed. */
  private static @Nullable String run(ProcessBuilder command) {
    Process process;
    try {
      process = command.start();
    } catch (IOException e) {
      return "Go does not start: " + e.getMessage();
    }
    try {
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
        return "Go took more than " + BUILD_MINUTES + " minutes";
      }
      return process.exitValue() == 0 ? null : "Go failed:";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
