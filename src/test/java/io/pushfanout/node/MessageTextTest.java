package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pushfanout.protocol.Proto;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageTextTest {
  @Test
  void everyCharacterArrivesAsItIs() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c < 0x3000; c++) {
      all.appendCodePoint(c);
    }
    all.append("\ud83d\ude00 \"\\/</script>");
    JsonObject json = json("r\"\\\n\u00fc", ByteString.copyFromUtf8(all.toString()));

    assertThat(json.getString("body")).isEqualTo(all.toString());
    assertThat(json.getString("roomid")).isEqualTo("r\"\\\n\u00fc");
    assertThat(json.getInteger("ver")).isEqualTo(1);
    assertThat(json.getInteger("op")).isEqualTo(5);
    assertThat(json.getInteger("seq")).isEqualTo(7);
    assertThat(json.size()).isEqualTo(5);
  }

  @Test
  void aBodyThatIsNotUtf8IsBase64() {
    Random random = new Random(1);
    for (int size = 1; size < 50; size++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      bytes[0] = (byte) 0xff;
      JsonObject json = json("", ByteString.copyFrom(bytes));

      assertThat(Base64.getDecoder().decode(json.getString("bodyBase64"))).isEqualTo(bytes);
      assertThat(json.containsKey("body")).isFalse();
    }
  }

  @Test
  void aBodyInPiecesIsOneText() {
    ByteString piece = ByteString.copyFromUtf8("a\n\u00e4".repeat(100));
    ByteString body = ByteString.EMPTY;
    for (int i = 0; i < 100; i++) {
      body = body.concat(piece);
    }
    assertThat(json("", body).getString("body")).isEqualTo("a\n\u00e4".repeat(10_000));
    assertThat(json("", ByteString.EMPTY).getString("body")).isEmpty();
  }

  private static JsonObject json(String room, ByteString body) {
    Proto message = NodeCaller.message(room, body);
    MessageText text = MessageText.of(room, message);
    ByteBuf out = Unpooled.buffer();
    text.writeTo(out);
    assertThat(text.size()).isEqualTo(out.readableBytes());
    return new JsonObject(out.toString(UTF_8));
  }
}
