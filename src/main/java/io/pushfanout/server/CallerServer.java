package io.pushfanout.server;

import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server for callers, on one of the transports. See {@link PushGrpcServer}. */
interface CallerServer {
  void start() throws IOException;

  int port();

  List<MethodCalls> calls();

  int connections();

  Map<String, Long> shareRefusals();

  List<Problem> problems();

  long connectionsRefused();

  Map<HandshakeProblem, Long> failedHandshakes();

  void setReady(boolean ready);

  void sendAway(Duration patience);

  void refuseNew();

  void close(Duration deadline);
}
