package io.pushfanout.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTargetTest {
  @Test
  void noMetadataNamesNoTargetAndAllItsNodes() throws Exception {
    assertThat(target()).isEqualTo(new Target.Unnamed());
    assertThat(nodes()).isNull();
  }

  @Test
  void allIsEveryFanout() throws Exception {
    assertThat(target("all")).isEqualTo(new Target.All());
  }

  @Test
  void namespaceAndNameAreOneFanout() throws Exception {
    assertThat(target("prod/chat")).isEqualTo(new Target.Named(new FanoutName("prod", "chat")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "chat", "ALL", "/chat", "prod/", "prod/chat/x", "prod/chat,prod/b"})
  void malformedTargetIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> target(value))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-target: must be <namespace>/<name> of a fanout, or all");
  }

  @Test
  void repeatedTargetIsRefusedEvenIfItIsTheSame() {
    assertThatThrownBy(() -> target("all", "all"))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-target: given more than once");
  }

  @Test
  void nodesAreSeparatedByCommasAndSpacesAroundThemAreTrimmed() throws Exception {
    assertThat(nodes("a:1, b:2 ,[::1]:3,A:1"))
        .containsExactly(
            new NodeAddress("a", 1), new NodeAddress("b", 2), new NodeAddress("::1", 3));
  }

  @Test
  void repeatedNodesAreRefusedEvenIfTheyAreTheSame() {
    assertThatThrownBy(() -> nodes("a:1", "a:1"))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: given more than once; commas separate entries");
  }

  @Test
  void aThousandNodesAreTakenAndNoMore() throws Exception {
    List<String> nodes =
        IntStream.range(0, 1001).mapToObj(i -> "255.255.255.255:" + (60_000 + i)).toList();

    assertThat(nodes(String.join(",", nodes.subList(1, 1001)))).hasSize(1000);
    assertThatThrownBy(() -> nodes(String.join(",", nodes)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: more than 1000 entries");
  }

  @Test
  void theNodesOfAReplyAreTakenWithTheLongestNamesAndNothingMuchLonger() throws Exception {
    String longest = String.join(".", "a".repeat(63), "b".repeat(63), "c".repeat(63));
    List<String> nodes =
        IntStream.range(0, 200).mapToObj(i -> longest + ".d" + i + ":50052").toList();

    assertThat(nodes(String.join(",", nodes.subList(0, 100)))).hasSize(100);
    assertThatThrownBy(() -> nodes(String.join(",", nodes)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: longer than 32768 bytes");
  }

  /**
   * Metadata of 64 KiB may hold thousands of addresses, which a loop of deliveries would have to
   * parse.
   */
  @Test
  void tooLongAListIsRefusedBeforeAnEntryIsRead() {
    assertThatThrownBy(() -> nodes("no address,".repeat(1001)))
        .hasMessage("pushfanout-nodes: more than 1000 entries");
    assertThatThrownBy(() -> nodes("no address", "a:1"))
        .hasMessageStartingWith("pushfanout-nodes: given more than once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "a:1,", ",a:1", "a:1,,b:2"})
  void emptyNodesOrEntryIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> nodes(value))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-nodes: an entry is empty; entries are host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a:0", "a:65536", "::1:3", "a b:1", "a:1;b:2", "http://a:1"})
  void malformedNodeIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> nodes("ok:1," + value))
        .isInstanceOf(InvalidCall.class)
        .hasMessageStartingWith("pushfanout-nodes: ");
  }

  @Test
  void onlyTheKnownWaitIsOne() throws Exception {
    assertThat(CallTarget.waitsForReceipt(metadata("pushfanout-wait"))).isFalse();
    assertThat(CallTarget.waitsForReceipt(metadata("pushfanout-wait", "delivered"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "true", "Delivered", "delivered ", "enqueued", "delivered,delivered"})
  void anotherWaitIsRefusedByItsKey(String value) {
    assertThatThrownBy(() -> CallTarget.waitsForReceipt(metadata("pushfanout-wait", value)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-wait: must be delivered");
  }

  @Test
  void repeatedWaitIsRefusedEvenIfItIsTheSame() {
    assertThatThrownBy(
            () -> CallTarget.waitsForReceipt(metadata("pushfanout-wait", "delivered", "delivered")))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-wait: given more than once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "550e8400-e29b-41d4-a716-446655440000", "!~"})
  void anIdOfVisibleCharactersIsOne(String id) throws Exception {
    assertThat(CallTarget.messageId(metadata("pushfanout-message-id", id))).isEqualTo(id);
    assertThat(CallTarget.messageId(metadata("pushfanout-message-id"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "\u00e9", "a\t"})
  void anotherIdIsRefusedByItsKey(String id) {
    assertThatThrownBy(() -> CallTarget.messageId(metadata("pushfanout-message-id", id)))
        .isInstanceOf(InvalidCall.class)
        .hasMessage("pushfanout-message-id: must be 1 to 128 visible ASCII characters");
  }

  @Test
  void anIdIsGivenOnceAndHas128CharactersAtMost() throws Exception {
    assertThat(CallTarget.messageId(metadata("pushfanout-message-id", "x".repeat(128))))
        .hasSize(128);
    assertThatThrownBy(
            () -> CallTarget.messageId(metadata("pushfanout-message-id", "x".repeat(129))))
        .isInstanceOf(InvalidCall.class);
    assertThatThrownBy(() -> CallTarget.messageId(metadata("pushfanout-message-id", "x", "x")))
        .hasMessage("pushfanout-message-id: given more than once");
  }

  private static Target target(String... values) throws InvalidCall {
    return CallTarget.target(metadata("pushfanout-target", values));
  }

  private static @Nullable Set<NodeAddress> nodes(String... values) throws InvalidCall {
    return CallTarget.nodes(metadata("pushfanout-nodes", values));
  }

  private static CallMetadata metadata(String name, String... values) {
    return CallMetadata.of(new DefaultHttp2Headers(false).add(name, List.of(values)));
  }
}
