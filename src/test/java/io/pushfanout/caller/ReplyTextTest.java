package io.pushfanout.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.protocol.BroadCastReply;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyTextTest {
  private static final BroadCastReply OK =
      BroadCastReply.newBuilder()
          .setCode("0")
          .setMsg("OK")
          .setDesc("3 of 3 nodes took the message.")
          .setNodes(3)
          .setAccepted(3)
          .build();

  @Test
  void textIsTheNameOfTheCodeAndTheSentence() {
    assertThat(ReplyText.text(OK)).isEqualTo("OK: 3 of 3 nodes took the message.");
  }

  @Test
  void textNamesTheNodesThatDroppedIt() {
    BroadCastReply partial =
        BroadCastReply.newBuilder()
            .setMsg("PARTIAL")
            .setDesc("1 of 3 nodes took the message; 2 dropped it.")
            .setDropped(2)
            .addAllDroppedNodes(List.of("a:1", "b:2"))
            .build();
    assertThat(ReplyText.text(partial))
        .isEqualTo("PARTIAL: 1 of 3 nodes took the message; 2 dropped it.\ndropped by a:1, b:2");
    assertThat(ReplyText.text(partial.toBuilder().setDropped(9).build()))
        .endsWith("\ndropped by a:1, b:2 and 7 more");
  }

  @Test
  void replyOfAServerWithoutOurFieldsIsShownToo() {
    assertThat(ReplyText.text(BroadCastReply.newBuilder().setCode("0").setMsg("OK").build()))
        .isEqualTo("OK");
  }

  @Test
  void jsonHasProtoFieldNamesAndCountsOfZero() {
    assertThat(ReplyText.json(OK))
        .isEqualTo(
            """
            {
              "code": "0",
              "msg": "OK",
              "desc": "3 of 3 nodes took the message.",
              "nodes": 3,
              "accepted": 3,
              "dropped": 0,
              "dropped_nodes": []
            }\
            """);
  }
}
