package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.model.BroadcastOutcome.DeliveryReceipt;
import io.pushfanout.protocol.BroadCastReply;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyMapperTest {
  @Test
  void everyNodeTookItIsOk() {
    assertThat(reply(3, 0))
        .isEqualTo(expected("0", "OK", "3 of 3 nodes took the message.", 3, 3, 0));
    assertThat(reply(1, 0).getDesc()).isEqualTo("1 of 1 node took the message.");
  }

  @Test
  void someDroppedItIsPartialAndNamesThem() {
    assertThat(reply(2, 1, "a:1"))
        .isEqualTo(
            expected("1", "PARTIAL", "2 of 3 nodes took the message; 1 dropped it.", 3, 2, 1)
                .toBuilder()
                .addDroppedNodes("a:1")
                .build());
  }

  @Test
  void noneTookItIsDropped() {
    assertThat(reply(0, 2))
        .isEqualTo(expected("2", "DROPPED", "None of 2 nodes took the message.", 2, 0, 2));
  }

  @Test
  void nothingToDoIsNoNodes() {
    assertThat(reply(0, 0))
        .isEqualTo(expected("3", "NO_NODES", "There is no node to take the message.", 0, 0, 0));
  }

  @Test
  void aReceiptAndNodesThatAreWaitedForAreCounted() {
    BroadcastOutcome outcome =
        new BroadcastOutcome(5, 2, 0, 0, List.of(), new DeliveryReceipt(2, 1, 2));
    assertThat(ReplyMapper.reply(outcome))
        .isEqualTo(
            expected("0", "OK", "5 of 5 nodes took the message.", 5, 5, 0).toBuilder()
                .setWaiting(2)
                .setDelivered(2)
                .setFailed(1)
                .setPending(2)
                .build());
  }

  private static BroadCastReply reply(int accepted, int dropped, String... droppedNodes) {
    return ReplyMapper.reply(new BroadcastOutcome(accepted, dropped, List.of(droppedNodes)));
  }

  private static BroadCastReply expected(
      String code, String msg, String desc, int nodes, int accepted, int dropped) {
    return BroadCastReply.newBuilder()
        .setCode(code)
        .setMsg(msg)
        .setDesc(desc)
        .setNodes(nodes)
        .setAccepted(accepted)
        .setDropped(dropped)
        .build();
  }
}
