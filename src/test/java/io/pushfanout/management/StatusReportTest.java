package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.NodeState;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusReportTest {
  @Test
  void everyKeyIsThereInOrder() {
    StatusReport report =
        new StatusReport(
            "pf-0",
            () -> false,
            () -> List.of(new Problem("", ProblemReason.STATE_NOT_SAVED, "the disk is full")),
            () -> List.of(Fleet.chat(Fleet.node("[::1]:7", NodeState.SLOW, Fleet.LEDGER))));

    assertThat(report.answer().body())
        .hasToString(
            """
            {"ready":false,"replica":"pf-0",\
            "problems":[{"node":"","reason":"StateNotSaved","message":"the disk is full"}],\
            "fanouts":[\
            {"name":"prod/chat","generation":3,\
            "settings":{"workers":10,"queueSize":1000,"queueBytes":"64Mi",\
            "overflowPolicy":"DropNewest","blockTimeout":"1s","rpcTimeout":"5s",\
            "messageTTL":"30s","drainTimeout":"30s",\
            "retry":{"maxAttempts":1,"initialBackoff":"100ms","maxBackoff":"5s"},\
            "delivery":{"mode":"Auto","window":1000,"linger":"1ms","interest":"Auto","target":""},\
            "tls":{"profile":"","serverName":""}},\
            "problems":[{"node":"10.0.0.9:50052","reason":"Unreachable",\
            "message":"refused for 7s"}],\
            "nodes":[{"address":"[::1]:7","state":"slow","delivery":"calls","stateSeconds":40,"queueSize":500,"queueBytes":67108864,"interest":"everything","rooms":0,"queued":10,\
            "queuedBytes":2560,"inFlight":7,"workers":20,"enqueued":109,"delivered":70,"failed":5,"expired":5,\
            "dropped":{"queue_full":11,"too_large":8,"evicted":6,"retired":2,"shed":1,\
            "shutdown":3}}]}]}\
            """);
  }

  @Test
  void nodeThatDroppedNothingShowsEveryReasonAtZero() {
    StatusReport report =
        new StatusReport(
            "pf-0",
            () -> true,
            List::of,
            () -> List.of(Fleet.chat(Fleet.node("a:1", NodeState.CONNECTING, Fleet.IDLE))));

    JsonObject node =
        new JsonObject(report.answer().body())
            .getJsonArray("fanouts")
            .getJsonObject(0)
            .getJsonArray("nodes")
            .getJsonObject(0);

    assertThat(node.getJsonObject("dropped").encode())
        .isEqualTo(
            """
            {"queue_full":0,"too_large":0,"evicted":0,"retired":0,"shed":0,"shutdown":0}\
            """);
    assertThat(node.getInteger("failed")).isZero();
  }
}
