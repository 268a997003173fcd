package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Metadata;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTargetTest {
  private static final String TARGET = "pushfanout-target";
  private static final String NODES = "pushfanout-nodes";

  @Test
  void noMetadataNamesNoTargetAndAllItsNodes() throws Exception {
    assertThat(of()).isEqualTo(new CallTarget(new Target.Unnamed(), null));
  }

  @Test
  void allIsEveryFanout() throws Exception {
    assertThat(of(TARGET, "all").target()).isEqualTo(new Target.All());
  }

  @Test
  void namespaceAndNameAreOneFanout() throws Exception {
    assertThat(of(TARGET, "prod/chat").target())
        .isEqualTo(new Target.Named(new FanoutName("prod", "chat")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "chat", "ALL", "/chat", "prod/", "prod/chat/x", "prod/chat,prod/b"})
  void malformedTargetIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> of(TARGET, value))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-target: must be <namespace>/<name> of a fanout, or all");
  }

  @Test
  void repeatedTargetIsRefusedEvenIfItIsTheSame() {
    assertThatThrownBy(() -> of(TARGET, "all", TARGET, "all"))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-target: given more than once");
  }

  /** The earlier target has decided the right to broadcast. */
  @Test
  void aTargetThatWasReadBeforeIsNotReadAgain() throws Exception {
    Target read = new Target.Named(new FanoutName("prod", "chat"));
    CallTarget target =
        CallTarget.inContext(Context.ROOT, read).call(() -> of(TARGET, "no target", NODES, "a:1"));
    assertThat(target).isEqualTo(new CallTarget(read, Set.of(new NodeAddress("a", 1))));
  }

  @Test
  void nodesAreSeparatedByCommasAndSpacesAroundThemAreTrimmed() throws Exception {
    assertThat(of(NODES, "a:1, b:2 ,[::1]:3,A:1").nodes())
        .containsExactly(
            new NodeAddress("a", 1), new NodeAddress("b", 2), new NodeAddress("::1", 3));
  }

  @Test
  void repeatedNodesAreRefusedEvenIfTheyAreTheSame() {
    assertThatThrownBy(() -> of(NODES, "a:1", NODES, "a:1"))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: given more than once; commas separate entries");
  }

  @Test
  void aThousandNodesAreTakenAndNoMore() throws Exception {
    List<String> nodes =
        IntStream.range(0, 1001).mapToObj(i -> "255.255.255.255:" + (60_000 + i)).toList();

    assertThat(of(NODES, String.join(",", nodes.subList(1, 1001))).nodes()).hasSize(1000);
    assertThatThrownBy(() -> of(NODES, String.join(",", nodes)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: more than 1000 entries");
  }

  @Test
  void theNodesOfAReplyAreTakenWithTheLongestNamesAndNothingMuchLonger() throws Exception {
    String longest = String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(63));
    List<String> nodes =
        IntStream.range(0, 200).mapToObj(i -> longest + ".d" + i + ":50052").toList();

    assertThat(of(NODES, String.join(",", nodes.subList(0, 100))).nodes()).hasSize(100);
    assertThatThrownBy(() -> of(NODES, String.join(",", nodes)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: longer than 32768 bytes");
  }

  /**
   * Metadata of 64 KiB may hold thousands of addresses, which a loop of deliveries would have to
   * parse.
   */
  @Test
  void tooLongAListIsRefusedBeforeAnEntryIsRead() {
    assertThatThrownBy(() -> of(NODES, "no address,".repeat(1001)))
        .hasMessage("pushfanout-nodes: more than 1000 entries");
    assertThatThrownBy(() -> of(NODES, "no address", NODES, "a:1"))
        .hasMessageStartingWith("pushfanout-nodes: given more than once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "a:1,", ",a:1", "a:1,,b:2"})
  void emptyNodesOrEntryIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> of(NODES, value))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: an entry is empty; entries are host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:0", "a:65536", "::1:3", "a b:1", "a:1;b:2", "http://a:1"})
  void malformedNodeIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> of(NODES, "ok:1," + value))
        .isInstanceOf(InvalidCall.class)
        .hasMessageStartingWith("pushfanout-nodes: ");
  }

  private static CallTarget of(String... metadata) throws InvalidCall {
    Metadata headers = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    return CallTarget.of(CallMetadata.of(headers));
  }
}
