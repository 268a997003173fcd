package io.pushfanout.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AuditJsonTest {
  private static String line(AuditRecord call) {
    return new String(AuditJson.line(call), UTF_8);
  }

  private static AuditRecord named(String room) {
    return new AuditRecord(
        0, room, null, "Broadcast", room, room, null, "ok", "OK", room, room, true);
  }

  @Test
  void aLineHasAllFieldsInThisOrder() {
    assertThat(line(Calls.taken("id-1")))
        .isEqualTo(
            """
            {"time":"2023-11-14T22:13:20.007Z","caller":"token:billing","address":"127.0.0.1",\
            "method":"BroadcastToRoom","target":"prod/chat","room":"lobby","bytes":17,\
            "outcome":"ok","status":"OK","messageId":"id-1","reason":null}
            """);
  }

  @Test
  void anUnknownValueIsNull() {
    AuditRecord unknown =
        new AuditRecord(
            0, null, null, "Broadcast", null, null, null, "limited", "X", null, null, false);

    assertThat(line(unknown))
        .contains(
            "\"caller\":null,\"address\":null,", "\"target\":null,\"room\":null,\"bytes\":null,");
  }

  @Test
  void addressesOfBothFamiliesHaveNoPort() throws Exception {
    AuditRecord call =
        new AuditRecord(
            0,
            null,
            InetAddress.getByName("2001:db8::1"),
            "Broadcast",
            null,
            null,
            null,
            "ok",
            "OK",
            null,
            null,
            true);

    assertThat(new JsonObject(line(call)).getString("address")).isEqualTo("2001:db8:0:0:0:0:0:1");
  }

  @Test
  void hostileTextsStayInTheirLineAndKeepTheirMeaning() {
    String hostile =
        "a\n{\"time\":\"forged\"}\r\t\"\\\u0000\u001b[2J\u007f\u009b\u2028\u202e\ud800é";

    String line = line(named(hostile));

    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line.strip().chars()).noneMatch(Character::isISOControl);
    assertThat(line).doesNotContain("\u2028", "\u202e");
    assertThat(new JsonObject(line).getString("room")).isEqualTo(hostile);
  }

  @Test
  void longTextsAreCutAndTheLineIsBounded() {
    String room = new JsonObject(line(named("r".repeat(1 << 20)))).getString("room");
    String wide = new JsonObject(line(named("\ud83d\ude00".repeat(1000)))).getString("room");

    assertThat(room).hasSize(AuditRecord.TEXT_MAX).endsWith("r…");
    assertThat(wide).hasSize(AuditRecord.TEXT_MAX - 1).endsWith("\ude00…");
    assertThat(line(named("r".repeat(AuditRecord.TEXT_MAX)))).doesNotContain("…");
    assertThat(AuditJson.line(named("\u0001".repeat(1000)))).hasSizeLessThan(16 << 10);
  }
}
