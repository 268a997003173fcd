package io.pushfanout.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
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
              "dropped_nodes": [],
              "waiting": 0,
              "skipped": 0,
              "delivered": 0,
              "failed": 0,
              "pending": 0
            }\
            """);
  }

  @Test
  void printsNoTerminalControlSequences() throws Exception {
    String raw = "a\u001b[2J\u0007\nb\u009b1m\u202e\u2028";
    String shown = "a\\u001b[2J\\u0007\\nb\\u009b1m\\u202e\\u2028";
    BroadCastReply hostile =
        BroadCastReply.newBuilder()
            .setMsg(raw)
            .setDesc(raw + "x".repeat(5000))
            .addDroppedNodes(raw)
            .setDropped(1)
            .build();

    assertThat(ReplyText.text(hostile))
        .startsWith(shown + ": " + shown + "xxx")
        .endsWith("x…\ndropped by " + shown)
        .hasSizeLessThan(600);
    String json = ReplyText.json(hostile);
    assertThat(json.replace("\n", "")).doesNotContainPattern("[\\p{C}\\p{Zl}\\p{Zp}]");
    BroadCastReply.Builder readBack = BroadCastReply.newBuilder();
    JsonFormat.parser().merge(json, readBack);
    assertThat(readBack.build()).as("it means the same").isEqualTo(hostile);
  }
}
