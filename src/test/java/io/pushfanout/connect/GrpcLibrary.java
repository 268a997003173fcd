package io.pushfanout.connect;

import io.pushfanout.tools.NpmTool;
import io.pushfanout.tools.PythonTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What nodes are built on. */
enum GrpcLibrary {
  GRPC_GO {
    @Override
    EchoNode start(int port, boolean tls) throws Exception {
      return new EchoProcess(List.of(GoProgram.PATH.toString()), Map.of(), port, tls);
    }
  },
  GRPC_JAVA {
    @Override
    EchoNode start(int port, boolean tls) throws Exception {
      return new JavaEchoNode(port, tls);
    }
  },
  GRPC_PYTHON {
    @Override
    EchoNode start(int port, boolean tls) throws Exception {
      String program = Path.of("src", "test", "python", "node.py").toString();
      return new EchoProcess(
          List.of(PythonTool.interpreter().toString(), program), Map.of(), port, tls);
    }
  },
  GRPC_JS {
    @Override
    EchoNode start(int port, boolean tls) throws Exception {
      String program = Path.of("src", "test", "js", "node.js").toString();
      return new EchoProcess(
          List.of("node", program), Map.of("NODE_PATH", NpmTool.modules().toString()), port, tls);
    }
  };

  abstract EchoNode start(int port, boolean tls) throws Exception;

  /** Built by the first that asks. */
  private static final class GoProgram {
    static final Path PATH = build();

    private static Path build() {
      Path program = Path.of("target", "echo-" + ProcessHandle.current().pid()).toAbsolutePath();
      try {
        Process go =
            new ProcessBuilder("go", "build", "-o", program.toString(), "./echo")
                .directory(Path.of("src", "test", "go", "peer").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(go.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (go.onExit().join().exitValue() != 0) {
          throw new IllegalStateException("the node in Go does not build: " + said);
        }
        return program;
      } catch (IOException e) {
        throw new IllegalStateException("these tests need Go 1.26 or later on the PATH", e);
      }
    }
  }
}
