package io.pushfanout.connect;

import io.pushfanout.tools.GoProgram;
import io.pushfanout.tools.NpmTool;
import io.pushfanout.tools.PythonTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The libraries that nodes are built on. */
enum GrpcLibrary {
  GRPC_GO {
    @Override
    EchoNode start(int port, boolean tls) throws Exception {
      return new EchoProcess(List.of(GoProgram.ECHO.path().toString()), Map.of(), port, tls);
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
}
