package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
  private enum Verdict {
    GOOD,
    UNPARSABLE,
    LACKS_PROTO,
    LACKS_ROOM
  }

  @Test
  void takesWhatTheGeneratedParserTakesOverRandomInput() {
    Map<Verdict, Integer> seen = new EnumMap<>(Verdict.class);
    RandomRequests requests = new RandomRequests(new Random(20260817));
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = requests.next();
      for (Rpc rpc : Rpc.values()) {
        seen.merge(compare(rpc, bytes), 1, Integer::sum);
      }
    }
    // The input has to be of all kinds, or the comparison says little.
    assertThat(seen).allSatisfy((_, count) -> assertThat(count).isGreaterThan(1_000)).hasSize(4);
  }

  @Test
  void takesWhatTheGeneratedParserTakesAtTheLimitOfNesting() {
    for (int depth = 95; depth <= 105; depth++) {
      byte[] groups = RandomRequests.nestedGroups(depth);
      compare(Rpc.BROADCAST, groups);
      compare(Rpc.BROADCAST, RandomRequests.delimited(1, groups));
      compare(Rpc.BROADCAST_TO_ROOM, RandomRequests.delimited(2, groups));
    }
  }

  @Test
  void takesWhatTheGeneratedParserTakesOfEveryTruncation() {
    for (Rpc rpc : Rpc.values()) {
      byte[] whole =
          rpc == Rpc.BROADCAST ? Requests.broadcastFromTheFuture() : Requests.broadcastToRoom();
      for (int length = 0; length <= whole.length; length++) {
        compare(rpc, Arrays.copyOf(whole, length));
      }
    }
  }

  @Test
  void takesWhatTheGeneratedParserTakesOfTagsWithAllBitsSet() {
    for (Rpc rpc : Rpc.values()) {
      compare(rpc, HexFormat.of().parseHex("ffffffff0f00"));
      compare(rpc, HexFormat.of().parseHex("ffffffffffffffffff0100"));
    }
  }

  @Test
  void protoThatIsThereButEmptyIsEnough() {
    assertThatCode(() -> check(Rpc.BROADCAST, "0a00")).doesNotThrowAnyException();
  }

  @Test
  void missingProtoIsNamed() {
    assertThatThrownBy(() -> check(Rpc.BROADCAST, "")).hasMessage("proto: missing in BroadCastReq");
    assertThatThrownBy(() -> check(Rpc.BROADCAST_TO_ROOM, "0a0161"))
        .hasMessage("proto: missing in BroadCastRoomReq");
  }

  @Test
  void missingRoomIsNamedWhateverRoomIsInProto() {
    assertThatThrownBy(() -> check(Rpc.BROADCAST_TO_ROOM, "12032a0161"))
        .hasMessage("roomId: missing in BroadCastRoomReq");
  }

  @Test
  void lastRoomIdCounts() {
    assertThatThrownBy(() -> check(Rpc.BROADCAST_TO_ROOM, "0a016112000a00"))
        .hasMessage("roomId: missing in BroadCastRoomReq");
  }

  @Test
  void bytesThatDoNotParseAreNamedWithTheirField() {
    assertThatThrownBy(() -> check(Rpc.BROADCAST, "ff"))
        .hasMessage("the bytes do not parse as BroadCastReq");
    assertThatThrownBy(() -> check(Rpc.BROADCAST, "0a00ff"))
        .hasMessage("the bytes do not parse as BroadCastReq");
    assertThatThrownBy(() -> check(Rpc.BROADCAST, "0a05"))
        .hasMessage("the bytes do not parse as BroadCastReq: proto");
    assertThatThrownBy(() -> check(Rpc.BROADCAST_TO_ROOM, "12042a02c328"))
        .hasMessage("the bytes do not parse as BroadCastRoomReq: proto.roomid");
    assertThatThrownBy(() -> check(Rpc.BROADCAST_TO_ROOM, "0a02c328"))
        .hasMessage("the bytes do not parse as BroadCastRoomReq: roomId");
  }

  @Test
  void theRoomIsTheLastOneThatCounts() throws InvalidCall {
    assertThat(room(Rpc.BROADCAST, "0a00")).as("no room").isZero();
    int a = room(Rpc.BROADCAST, "0a032a0161");
    int b = room(Rpc.BROADCAST, "0a032a0162");
    assertThat(Set.of(0, a, b)).hasSize(3);
    assertThat(room(Rpc.BROADCAST, "0a062a01612a0162")).as("twice").isEqualTo(b);
    assertThat(room(Rpc.BROADCAST, "0a032a01610a00")).as("proto merged").isEqualTo(a);
    assertThat(room(Rpc.BROADCAST, "0a032a01610a022a00")).as("emptied").isZero();
    assertThat(room(Rpc.BROADCAST_TO_ROOM, "0a01611200")).isEqualTo(a);
    assertThat(room(Rpc.BROADCAST_TO_ROOM, "0a016112032a0162"))
        .as("whatever proto.roomid says")
        .isEqualTo(a);
  }

  private static int room(Rpc rpc, String hex) throws InvalidCall {
    return RequestCheck.check(new Payload(rpc, HexFormat.of().parseHex(hex))).room();
  }

  private static void check(Rpc rpc, String hex) throws InvalidCall {
    RequestCheck.check(new Payload(rpc, HexFormat.of().parseHex(hex)));
  }

  private static Verdict compare(Rpc rpc, byte[] bytes) {
    Verdict expected = parserSays(rpc, bytes);
    assertThat(checkSays(rpc, bytes))
        .as(() -> rpc + " " + HexFormat.of().formatHex(bytes))
        .isEqualTo(expected);
    return expected;
  }

  private static Verdict checkSays(Rpc rpc, byte[] bytes) {
    try {
      RequestCheck.check(new Payload(rpc, bytes));
      return Verdict.GOOD;
    } catch (InvalidCall e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith("proto: missing")) {
        return Verdict.LACKS_PROTO;
      }
      return message.startsWith("roomId: missing") ? Verdict.LACKS_ROOM : Verdict.UNPARSABLE;
    }
  }

  private static Verdict parserSays(Rpc rpc, byte[] bytes) {
    try {
      return switch (rpc) {
        case BROADCAST ->
            BroadCastReq.parseFrom(bytes).hasProto() ? Verdict.GOOD : Verdict.LACKS_PROTO;
        case BROADCAST_TO_ROOM -> {
          BroadCastRoomReq request = BroadCastRoomReq.parseFrom(bytes);
          if (!request.hasProto()) {
            yield Verdict.LACKS_PROTO;
          }
          yield request.getRoomId().isEmpty() ? Verdict.LACKS_ROOM : Verdict.GOOD;
        }
      };
    } catch (InvalidProtocolBufferException _) {
      return Verdict.UNPARSABLE;
    }
  }
}
