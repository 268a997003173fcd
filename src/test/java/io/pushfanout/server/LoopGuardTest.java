package io.pushfanout.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.pushfanout.model.CallOutcome;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Rpc;
import io.pushfanout.server.LoopGuard.Passage;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoopGuardTest {
  private static final Metadata.Key<String> LOOP =
      Metadata.Key.of("pushfanout-loop", Metadata.ASCII_STRING_MARSHALLER);
  private static final String LONGEST = "x".repeat(64);

  private final LoopGuard guard = new LoopGuard(new ProcessId("self"));

  private Passage check(String... values) throws InvalidCall {
    return guard.check(
        CallMetadata.of(new DefaultHttp2Headers(false).add("pushfanout-via", List.of(values))));
  }

  private String onward(String... values) throws InvalidCall {
    Passage passage = check(values);
    assertThat(passage).isInstanceOf(Passage.Onward.class);
    return ((Passage.Onward) passage).via().metadata();
  }

  private static String processes(int count) {
    return IntStream.range(0, count).mapToObj(i -> "p" + i).collect(Collectors.joining(","));
  }

  @Test
  void messagesWithoutAListAllCarryTheOneOfThisProcess() throws InvalidCall {
    assertThat(onward()).isEqualTo("self");
    assertThat(check()).isSameAs(check()).isSameAs(check("")).isSameAs(check(" ,, ", ","));
  }

  @Test
  void aCallersListCountsAndGoesOnWithThisProcessAtItsEnd() throws InvalidCall {
    assertThat(onward("a")).isEqualTo("a,self");
    assertThat(onward(" a ,b,\tc", ",d,,")).isEqualTo("a,b,c,d,self");
    assertThat(onward("Self,selfish")).as("ids are compared whole").isEqualTo("Self,selfish,self");
    assertThat(onward(processes(7))).as("8 leave").isEqualTo(processes(7) + ",self");
    assertThat(onward((LONGEST + ",").repeat(7))).hasSize(7 * 65 + 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"self", "a,self", "self,a", "a, self ,b", "a,,self"})
  void aMessageThatComesBackIsRefused(String list) throws InvalidCall {
    assertThat(check(list)).isInstanceOf(Passage.Refused.class);
  }

  @Test
  void aListOfEightIsRefusedHoweverItIsSpread() throws InvalidCall {
    assertThat(check(processes(8))).isInstanceOf(Passage.Refused.class);
    assertThat(check(processes(8).split(","))).isInstanceOf(Passage.Refused.class);
    assertThat(check(processes(100_000))).isInstanceOf(Passage.Refused.class);
    assertThat(check(processes(7), "self")).isInstanceOf(Passage.Refused.class);
  }

  @Test
  void anEntryThatCanBeNoProcessIsInvalid() {
    for (String bad : new String[] {"a b", "x".repeat(65), "a,b\u007f", "\u0001"}) {
      assertThatThrownBy(() -> check(bad))
          .as(bad)
          .isInstanceOf(InvalidCall.class)
          .hasMessage("pushfanout-via: an entry must be 1 to 64 visible ASCII characters");
    }
  }

  @Test
  void theEngineGetsTheListAndNothingOfARefusedMessage() throws Exception {
    try (RunningServer running = new RunningServer()) {
      byte[] message = Requests.broadcastToRoom();
      running.call(Rpc.BROADCAST_TO_ROOM, message);
      String self = running.engine.next().request().payload().via().metadata();
      assertThat(self).matches("[0-9a-f]{16}");
      running.call(Rpc.BROADCAST_TO_ROOM, message, "pushfanout-via", "a", "pushfanout-via", "b");
      assertThat(running.engine.next().request().payload().via().metadata())
          .isEqualTo("a,b," + self);

      for (String list : new String[] {"a," + self, processes(8)}) {
        StatusRuntimeException refused = refused(running, list);
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(requireNonNull(refused.getTrailers()).get(LOOP)).isEqualTo("1");
      }
      StatusRuntimeException invalid = refused(running, "a b");
      assertThat(invalid.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(requireNonNull(invalid.getTrailers()).get(LOOP)).isNull();
      assertThat(running.engine.taken).isEmpty();
      assertThat(running.counted(CallOutcome.INVALID)).isEqualTo(3);
    }
  }

  private static StatusRuntimeException refused(RunningServer running, String list) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> running.call(Rpc.BROADCAST, Requests.broadcast(), "pushfanout-via", list));
  }
}
