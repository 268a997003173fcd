package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A checker that compares the callers' replies with the connect-nodes' records, message by message.
 *
 * <p>A reply OK promises the message to every node except those that the reply names as dropped;
 * another status promises that no node gets the message. Calls that their caller cancelled are
 * undecided: they may have reached a node.
 */
final class History {
  /** Maximum of ids in a failure's message. */
  private static final int SHOWN = 20;

  private final List<Reply> replies;
  private final Map<String, NodeRecord> records;
  private final Map<String, Predicate<Reply>> targeted = new HashMap<>();
  private Predicate<Reply> open = Reply::isOpen;

  /** The number of times that a message reaches a node that accepted it. */
  enum Times {
    ONCE,
    ONCE_OR_MORE
  }

  /**
   * @param replies of all calls that may have reached the nodes, to all of the fanout's nodes
   */
  History(Collection<Reply> replies, PeerNodes nodes) {
    this(replies, nodes.records());
  }

  History(Collection<Reply> replies, Map<String, NodeRecord> records) {
    this.replies = List.copyOf(replies);
    this.records = records;
    assertThat(replies.stream().map(Reply::id)).as("ids of the calls").doesNotHaveDuplicates();
  }

  /**
   * Restricts the expected broadcasts of a node that came or went meanwhile. Every other node
   * expects all broadcasts.
   *
   * @param targeted matches the replies to broadcasts for the node
   */
  History of(String address, Predicate<Reply> targeted) {
    this.targeted.put(address, targeted);
    return this;
  }

  /** Marks further calls as undecided: a server died before its answer. */
  History unknown(Predicate<Reply> unknown) {
    open = open.or(unknown);
    return this;
  }

  /**
   * Asserts that every reply has one of these outcomes.
   *
   * @param outcomes see {@link Reply#outcome}
   */
  History all(String... outcomes) {
    assertThat(replies).extracting(Reply::outcome).isSubsetOf(outcomes);
    return this;
  }

  /**
   * Asserts that load flowed before and after the fault: a fault without load proves nothing.
   *
   * @param before the number of messages at the node when the fault struck
   */
  History loadFlowed(String address, int before, int threshold) {
    assertThat(before)
        .as("messages at %s before the fault", address)
        .isGreaterThanOrEqualTo(threshold);
    assertThat(record(address).received() - before)
        .as("messages at %s after the fault", address)
        .isGreaterThanOrEqualTo(threshold);
    return this;
  }

  /** Asserts that every node received its accepted messages, and no others. */
  History delivered(Times times) {
    records.keySet().forEach(address -> delivered(address, times));
    return this;
  }

  /** Asserts that the node received its accepted messages, and no others. */
  History delivered(String address, Times times) {
    return deliveredBut(address, 0, times);
  }

  /** Asserts the same, but allows this number of lost messages. */
  History deliveredBut(String address, long mayLose, Times times) {
    Set<Integer> accepted = acceptedAt(address);
    Set<Integer> arrived = new LinkedHashSet<>();
    List<Integer> doubled = new ArrayList<>();
    for (int id : record(address).ids()) {
      if (!arrived.add(id)) {
        doubled.add(id);
      }
    }
    List<Integer> lost = accepted.stream().filter(id -> !arrived.contains(id)).toList();
    Set<Integer> open = openIds();
    List<Integer> unexpected =
        arrived.stream().filter(id -> !accepted.contains(id) && !open.contains(id)).toList();
    if (lost.size() > mayLose
        || !unexpected.isEmpty()
        || (times == Times.ONCE && !doubled.isEmpty())) {
      throw new AssertionError(
          "%s accepted %d messages and received %d different ones:%n  lost: %s%n  doubled: %s%n"
                  .formatted(address, accepted.size(), arrived.size(), some(lost), some(doubled))
              + "  received though not accepted: %s".formatted(some(unexpected)));
    }
    return this;
  }

  /** Asserts that the node received messages in the order of their ids. */
  History inOrder(String address) {
    return inOrder(address, 1);
  }

  /** Asserts that the node received the messages of each room in the order of their ids. */
  History inOrder(String address, int rooms) {
    Map<Integer, Integer> newest = new HashMap<>();
    List<String> turns = new ArrayList<>();
    for (int id : record(address).ids()) {
      Integer before = newest.put(id % rooms, id);
      if (before != null && id < before) {
        turns.add(id + " after " + before);
      }
    }
    assertThat(turns).as("order of messages at %s", address).isEmpty();
    return this;
  }

  /**
   * Asserts that the first arrivals of each room's messages at the node are in the order of their
   * ids; repeated arrivals do not count.
   */
  History firstArrivalsInOrder(String address, int rooms) {
    Set<Integer> seen = new HashSet<>();
    Map<Integer, Integer> newest = new HashMap<>();
    List<String> turns = new ArrayList<>();
    for (int id : record(address).ids()) {
      if (seen.add(id)) {
        Integer before = newest.put(id % rooms, id);
        if (before != null && id < before) {
          turns.add(id + " after " + before);
        }
      }
    }
    assertThat(turns).as("order of first arrivals at %s", address).isEmpty();
    return this;
  }

  /** Returns the number of accepted messages that the node did not receive. */
  long lost(String address) {
    Set<Integer> lost = acceptedAt(address);
    lost.removeAll(Set.copyOf(record(address).ids()));
    return lost.size();
  }

  /** Asserts that each call that its caller cancelled reached all nodes, or none. */
  History openCallsReachedAllOrNone() {
    Map<String, Set<Integer>> byNode = new LinkedHashMap<>();
    Set<Integer> open = openIds();
    records.forEach(
        (address, record) -> {
          Set<Integer> ids = new LinkedHashSet<>(record.ids());
          ids.retainAll(open);
          byNode.put(address, ids);
        });
    Set<Integer> anywhere = new LinkedHashSet<>();
    byNode.values().forEach(anywhere::addAll);
    byNode.forEach(
        (address, ids) -> {
          List<Integer> missing = anywhere.stream().filter(id -> !ids.contains(id)).toList();
          if (!missing.isEmpty()) {
            throw new AssertionError(
                "%s did not receive %s of cancelled calls, which other nodes did"
                    .formatted(address, some(missing)));
          }
        });
    return this;
  }

  /**
   * Asserts that the replies' counts agree with the nodes' ledgers, and that each ledger balances.
   */
  History agreesWith(List<NodeStatus> ledgers) {
    int open = openIds().size();
    for (NodeStatus ledger : ledgers) {
      assertThat(ledger.balances()).as("balance of %s", ledger).isTrue();
      long accepted = acceptedAt(ledger.address()).size();
      assertThat(ledger.enqueued())
          .as("enqueued at %s", ledger.address())
          .isBetween(accepted, accepted + open);
      long dropped = droppedAt(ledger.address());
      assertThat(ledger.dropped("queue_full") + ledger.dropped("too_large"))
          .as("dropped before %s", ledger.address())
          .isBetween(dropped, dropped + open);
      NodeRecord record = records.get(ledger.address());
      if (record != null) {
        assertThat(ledger.delivered())
            .as("delivered to %s, which answered so many", ledger.address())
            .isLessThanOrEqualTo(record.answered());
      }
    }
    return this;
  }

  long accepted(String address) {
    return acceptedAt(address).size();
  }

  private NodeRecord record(String address) {
    NodeRecord record = records.get(address);
    if (record == null) {
      throw new IllegalArgumentException(address + " is none of " + records.keySet());
    }
    return record;
  }

  private Set<Integer> acceptedAt(String address) {
    Set<Integer> ids = new LinkedHashSet<>();
    for (Reply reply : replies) {
      if (reply.isOk()
          && reply.accepted() > 0
          && targeted.getOrDefault(address, _ -> true).test(reply)
          && !reply.droppedNodes().contains(address)) {
        ids.add(reply.id());
      }
    }
    return ids;
  }

  private long droppedAt(String address) {
    return replies.stream().filter(r -> r.isOk() && r.droppedNodes().contains(address)).count();
  }

  private Set<Integer> openIds() {
    Set<Integer> ids = new LinkedHashSet<>();
    replies.stream().filter(open).forEach(r -> ids.add(r.id()));
    return ids;
  }

  private static String some(Collection<Integer> ids) {
    return ids.size() + " " + ids.stream().limit(SHOWN).toList() + (ids.size() > SHOWN ? "…" : "");
  }
}
