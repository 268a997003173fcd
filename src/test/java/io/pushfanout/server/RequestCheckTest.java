package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.model.Payload;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.ParserComparison.Verdict;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RequestCheckTest {
  @Test
  void acceptsTheInputOfTheGeneratedParserOverRandomInput() {
    Map<Verdict, Integer> seen = new EnumMap<>(Verdict.class);
    RandomRequests requests = new RandomRequests(new Random(20260817));
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = requests.next();
      for (Rpc rpc : Rpc.values()) {
        seen.merge(ParserComparison.verdict(rpc, bytes), 1, Integer::sum);
      }
    }
    // The input must have all kinds, or the comparison proves little.
    assertThat(seen).allSatisfy((_, count) -> assertThat(count).isGreaterThan(1_000)).hasSize(4);
  }

  @Test
  void acceptsTheInputOfTheGeneratedParserAtTheLimitOfNesting() {
    for (int depth = 95; depth <= 105; depth++) {
      byte[] groups = RandomRequests.nestedGroups(depth);
      ParserComparison.verdict(Rpc.BROADCAST, groups);
      ParserComparison.verdict(Rpc.BROADCAST, RandomRequests.delimited(1, groups));
      ParserComparison.verdict(Rpc.BROADCAST_TO_ROOM, RandomRequests.delimited(2, groups));
    }
  }

  @Test
  void acceptsTheInputOfTheGeneratedParserOfEveryTruncation() {
    for (Rpc rpc : Rpc.values()) {
      byte[] whole =
          rpc == Rpc.BROADCAST ? Requests.broadcastFromTheFuture() : Requests.broadcastToRoom();
      for (int length = 0; length <= whole.length; length++) {
        ParserComparison.verdict(rpc, Arrays.copyOf(whole, length));
      }
    }
  }

  @Test
  void acceptsTheInputOfTheGeneratedParserOfTagsWithAllBitsSet() {
    for (Rpc rpc : Rpc.values()) {
      ParserComparison.verdict(rpc, HexFormat.of().parseHex("ffffffff0f00"));
      ParserComparison.verdict(rpc, HexFormat.of().parseHex("ffffffffffffffffff0100"));
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
  void missingRoomIsNamedEvenIfProtoHasARoom() {
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
        .as("whatever proto.roomid is")
        .isEqualTo(a);
  }

  private static int room(Rpc rpc, String hex) throws InvalidCall {
    return RequestCheck.check(new Payload(rpc, HexFormat.of().parseHex(hex))).payload().room();
  }

  private static void check(Rpc rpc, String hex) throws InvalidCall {
    RequestCheck.check(new Payload(rpc, HexFormat.of().parseHex(hex)));
  }
}
