package io.pushfanout.it;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.NpmTool;
import io.pushfanout.tools.PythonTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A caller of the docs, in a folder of its own with the libraries that its script would fetch. */
enum CallerExample {
  GO {
    @Override
    void install(Path folder) {
      // Go has the modules in its cache, since the tools of the tests need the same.
    }
  },
  JAVA {
    @Override
    void install(Path folder) throws IOException {
      Path target = Files.createDirectory(folder.resolve("target"));
      Path libraries = Files.createDirectory(ChildProcess.file("caller-java-lib"));
      for (Path jar : list(Path.of("target", "lib"))) {
        // The example has no such library: gRPC logs to java.util.logging.
        if (!jar.getFileName().toString().matches("(logback|slf4j|jul-to).*")) {
          link(jar, libraries);
        }
      }
      Files.createSymbolicLink(target.resolve("lib"), libraries);
      Path classes = target.resolve("classes");
      tool(
          "javac",
          "--release",
          "17",
          "-proc:none",
          "-cp",
          list(libraries).stream().map(Path::toString).collect(Collectors.joining(":")),
          "-sourcepath",
          "target/generated-sources/protobuf",
          "-d",
          classes.toString(),
          folder.resolve("src/main/java/Caller.java").toString());
      Path jar = target.resolve("caller.jar");
      tool("jar", "--create", "--file=" + jar, "-C", classes.toString(), ".");
    }
  },
  NODE {
    @Override
    void install(Path folder) throws IOException {
      Files.createSymbolicLink(folder.resolve("node_modules"), NpmTool.modules());
    }
  },
  PYTHON {
    @Override
    void install(Path folder) throws IOException {
      Path environment = Files.createDirectory(folder.resolve(".venv"));
      for (Path file : list(PythonTool.interpreter().resolve("../..").normalize())) {
        link(file, environment);
      }
      Files.createFile(environment.resolve("complete"));
    }
  };

  private static final Set<String> INSTALLED = Set.of("target", "node_modules", ".venv", "caller");

  /** Puts libraries into the folder of a copy. */
  abstract void install(Path folder) throws IOException;

  /** Returns the example's name, the last word of its folder's. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Copies the example and the protos, and installs its libraries.
   *
   * @return the copy's script
   */
  Path copyTo(Path checkout) throws IOException {
    Path example = Path.of("examples", "caller-" + title());
    copy(Path.of("proto"), checkout.resolve("proto"));
    copy(example, checkout.resolve(example));
    install(checkout.resolve(example));
    return checkout.resolve(example).resolve("run");
  }

  /** Starts a copy's script. */
  ChildProcess start(Path script, Map<String, String> environment, String body) {
    Map<String, String> all = new HashMap<>(environment);
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    all.put("PATH", java + ":" + System.getenv("PATH"));
    return ChildProcess.start("caller-" + title(), all, List.of(script.toString(), body));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : list(from)) {
      Path copy = to.resolve(file.getFileName());
      if (INSTALLED.contains(file.getFileName().toString())) {
        continue;
      }
      if (Files.isDirectory(file)) {
        copy(file, copy);
      } else {
        Files.copy(file, copy);
      }
    }
  }

  private static void link(Path file, Path folder) throws IOException {
    Files.createSymbolicLink(folder.resolve(file.getFileName()), file.toAbsolutePath());
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void tool(String name, String... arguments) {
    ToolProvider tool = ToolProvider.findFirst(name).orElseThrow();
    int code = tool.run(System.err, System.err, arguments);
    if (code != 0) {
      throw new IllegalStateException(name + " has failed");
    }
  }
}
