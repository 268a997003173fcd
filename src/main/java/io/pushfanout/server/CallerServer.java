package io.pushfanout.server;

import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.server.guard.OverShare;
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

  /** Returns the resources that callers share, by their names in the metrics. */
  Map<String, OverShare> shares();

  long connectionsRefused();

  Map<HandshakeProblem, Long> failedHandshakes();

  void setReady(boolean ready);

  void sendAway(Duration patience);

  void refuseNew();

  void close(Duration deadline);
}
