package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tools.Certificates;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.NpmTool;
import io.pushfanout.tools.PythonTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Callers on grpcio and grpc-js, plain and with TLS. Those on grpc-go and grpc-java are in all
 * other tests.
 */
class InteropCallersIT {
  private static final Duration ENDS_WITHIN = Duration.ofMinutes(1);

  private static final String[] ANSWERS = {
    "many 300x0",
    "size 0 0",
    "size 1 0",
    "size 16379 0",
    "size 16384 0",
    "size 65536 0",
    "size 1048576 0",
    "gzip 0",
    "malformed INVALID_ARGUMENT proto: missing in BroadCastReq",
    "target NOT_FOUND there is no fanout no/such",
    "receipt 0",
    "method UNIMPLEMENTED",
    "health 0801"
  };

  /** Returns the processes of both libraries, which run side by side. */
  private static List<ChildProcess> callers(String to, @Nullable Path ca) throws Exception {
    List<String> flags = new ArrayList<>(List.of("--to", to));
    if (ca != null) {
      flags.addAll(List.of("--ca", ca.toString()));
    }
    List<String> python =
        new ArrayList<>(List.of(PythonTool.interpreter().toString(), "src/test/python/caller.py"));
    python.addAll(flags);
    List<String> js = new ArrayList<>(List.of("node", "src/test/js/caller.js"));
    js.addAll(flags);
    return List.of(
        ChildProcess.start("caller-py", Map.of(), python),
        ChildProcess.start("caller-js", Map.of("NODE_PATH", NpmTool.modules().toString()), js));
  }

  private static void assertAnswered(List<ChildProcess> callers) {
    for (ChildProcess caller : callers) {
      try (caller) {
        assertThat(caller.awaitExit(ENDS_WITHIN)).as("%s", caller).isZero();
        assertThat(caller.stdout().lines()).as("%s", caller).containsExactly(ANSWERS);
      }
    }
  }

  @Test
  void eachLibraryGetsTheSameAnswersPlainAndByTls(@TempDir Path dir) throws Exception {
    Certificates pki = new Certificates(dir);
    Certificates.Pair server = pki.issue("server", "ip:127.0.0.1");
    String[] large = ServeProcess.settings("queueSize=10000", "queueBytes=256Mi");
    try (PeerNodes nodes = PeerNodes.start(2);
        ServeProcess plain = ServeProcess.connected(nodes.addresses(), large)) {
      assertAnswered(callers(plain.grpc(), null));
      try (ServeProcess tls =
          ServeProcess.connected(
              nodes.addresses(),
              "--tls-cert=" + server.certificate(),
              "--tls-key=" + server.key(),
              large[0],
              large[1],
              large[2],
              large[3])) {
        assertAnswered(callers(tls.grpc(), pki.ca()));
      }
    }
  }
}
