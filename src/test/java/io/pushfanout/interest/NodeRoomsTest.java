package io.pushfanout.interest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pushfanout.interest.NodeRooms.InvalidUpdate;
import io.pushfanout.interest.NodeRooms.Routing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node's rooms in the index are those of its updates, whatever the steps. */
class NodeRoomsTest {
  private final RoomIndex index = new RoomIndex(1_000_000);
  private final Random random = new Random(1);

  private static RoomName room(int number) {
    return requireNonNull(RoomName.of("a-room-of-24-bytes-%05d".formatted(number).getBytes(UTF_8)));
  }

  private List<RoomName> some(int most) {
    return random.ints(random.nextInt(most + 1), 0, 5000).mapToObj(NodeRoomsTest::room).toList();
  }

  @Test
  void theIndexFollowsEachUpdateAsAWhole() throws InvalidUpdate {
    NodeRooms node = new NodeRooms(index);
    Set<RoomName> expected = new HashSet<>();
    node.begin();
    for (int version = 1; version <= 300; version++) {
      boolean reset = version == 1 || random.nextInt(20) == 0;
      RoomUpdate update =
          new RoomUpdate(version, reset, some(3000), some(3000), random.nextInt(3) == 0);
      node.add(update);
      if (reset) {
        expected.clear();
      }
      expected.removeAll(new HashSet<>(update.leave()));
      expected.addAll(update.join());
      List<Long> applied = new ArrayList<>();
      while (node.step(applied::add)) {
        assertThat(applied).isEmpty();
      }
      assertThat(applied).containsExactly((long) version);
      assertThat(node.size()).isEqualTo(expected.size());
      assertThat(index.size()).isEqualTo(expected.size());
      for (int i = 0; i < 100; i++) {
        RoomName any = room(random.nextInt(5000));
        assertThat(index.holders(any)).hasSize(expected.contains(any) ? 1 : 0);
      }
    }
    node.lost(Routing.EVERYTHING);
    while (node.forget()) {
      assertThat(index.size()).isPositive();
    }
    assertThat(index.size()).isZero();
  }

  @Test
  void aRoomHasAllOfItsNodes() throws InvalidUpdate {
    List<NodeRooms> nodes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      NodeRooms node = new NodeRooms(index);
      node.begin();
      node.add(new RoomUpdate(1, true, List.of(room(1), room(i)), List.of(), true));
      assertThat(node.step(_ -> {})).isFalse();
      nodes.add(node);
    }
    assertThat(index.holders(room(1))).containsExactlyInAnyOrderElementsOf(nodes);
    NodeRooms gone = nodes.remove(7);
    assertThat(gone.forget()).isFalse();
    assertThat(index.holders(room(1))).containsExactlyInAnyOrderElementsOf(nodes);
    assertThat(index.holders(room(7))).isEmpty();
  }

  @Test
  void aRoomOfANodeTakesFewBytes() throws InvalidUpdate {
    double each = RoomIndexMeasure.bytesOfPair(100, 5000, 10);
    System.out.printf("a room of a node takes %.1f bytes%n", each);
    assertThat(each).isBetween(30.0, 120.0);
  }

  @Test
  void updatesThatPileUpEndTheStream() throws InvalidUpdate {
    NodeRooms node = new NodeRooms(index);
    node.begin();
    List<RoomName> many = Collections.nCopies(1_000_000, room(1));
    node.add(new RoomUpdate(1, true, many, List.of(), true));
    node.add(new RoomUpdate(2, true, many, List.of(), true));
    assertThatExceptionOfType(InvalidUpdate.class)
        .isThrownBy(() -> node.add(new RoomUpdate(3, false, List.of(room(2)), List.of(), false)));
    while (node.step(_ -> {})) {
      assertThat(node.size()).isLessThanOrEqualTo(1);
    }
    node.begin();
    node.add(new RoomUpdate(1, true, many, List.of(), true));
  }

  @Test
  void namesOfOneHashStayApart() {
    // Users choose names: 4,096 of one hash take no longer than others.
    List<RoomName> names =
        IntStream.range(0, 1 << 12)
            .mapToObj(
                i -> {
                  byte[] name = new byte[24];
                  for (int bit = 0; bit < 12; bit++) {
                    // (a + 1, b) and (a, b + 31) have one hash.
                    name[2 * bit] = (byte) (50 + (i >> bit & 1));
                    name[2 * bit + 1] = (byte) (31 * (2 - (i >> bit & 1)));
                  }
                  return requireNonNull(RoomName.of(name));
                })
            .toList();
    assertThat(names.stream().map(RoomName::hashCode).distinct()).hasSize(1);
    assertThat(names.stream().distinct()).hasSameSizeAs(names);
    assertThat(names.stream().sorted().toList()).hasSameSizeAs(names);
  }

  @Test
  void namesAreComparedByTheirBytes() {
    assertThat(RoomName.of(new byte[0])).isNull();
    assertThat(RoomName.of(new byte[257])).isNull();
    assertThat(RoomName.of(new byte[256])).isEqualTo(RoomName.of(new byte[256]));
    assertThat(room(1)).isNotEqualTo(room(2)).hasToString("a-room-of-24-bytes-00001");
  }
}
