package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RegistrationSetTest {
  private final RegistrationSet set = new RegistrationSet("/services/s/");

  @Test
  void aListingAndLaterChangesMakeTheSet() {
    assertThat(listed(10, put("a", 5, 1), put("b", 9, 2))).isTrue();
    assertThat(set.changed(List.of(put("c", 11, 3), gone("a", 12)))).isTrue();

    assertThat(nodes()).containsExactlyInAnyOrder(node(2), node(3));
  }

  @Test
  void changesThatComeTwiceOrAreOlderThanTheListingDoNothing() {
    listed(10, put("a", 5, 1));
    List<Change> changes = List.of(put("b", 11, 2), gone("a", 12));
    set.changed(changes);
    set.handOver(null);

    assertThat(set.changed(changes)).isFalse();
    assertThat(set.changed(List.of(put("old", 7, 7), put("a", 5, 1)))).isFalse();
    assertThat(set.handOver(null))
        .isEqualTo(new Registrations(Set.of(node(2)), List.of(), Set.of(), null));
  }

  @Test
  void severalChangesOfOneRevisionAllCount() {
    listed(10);

    set.changed(List.of(put("a", 11, 1), put("b", 11, 2), gone("c", 11)));

    assertThat(nodes()).containsExactlyInAnyOrder(node(1), node(2));
  }

  @Test
  void changesThatOvertakeAListingApplyToIt() {
    listed(10, put("a", 5, 1), put("b", 6, 2));
    set.listingBegins();
    set.changed(List.of(gone("a", 11), put("c", 12, 3)));
    set.changed(List.of(gone("b", 13)));

    // The listing is of a revision between the two changes.
    assertThat(set.listed(listing(12, put("b", 6, 2), put("c", 12, 3)))).isFalse();

    assertThat(nodes()).containsExactly(node(3));
  }

  @Test
  void aListingBringsTheChangesThatTheWatchMissed() {
    listed(10, put("a", 5, 1), put("b", 6, 2));
    set.handOver(null);
    set.listingBegins();

    assertThat(set.listed(listing(20, put("b", 15, 2), put("c", 16, 3)))).isTrue();

    Registrations told = set.handOver(null);
    assertThat(told.nodes()).containsExactlyInAnyOrder(node(2), node(3));
    assertThat(told.announced()).containsExactlyInAnyOrder(node(2), node(3));
  }

  @Test
  void aStoreWithALowerRevisionReplacesTheSet() {
    listed(1000, put("a", 900, 1));

    listed(3, put("b", 2, 2));
    set.changed(List.of(put("c", 4, 3)));

    assertThat(nodes()).containsExactlyInAnyOrder(node(2), node(3));
  }

  @Test
  void aNodeIsAnnouncedOnceForEachTimeItsKeyIsWritten() {
    listed(10, put("a", 5, 1), put("b", 6, 2));
    assertThat(set.handOver(null).announced()).containsExactlyInAnyOrder(node(1), node(2));
    assertThat(set.handOver(new Trouble(false, "away")).announced()).isEmpty();

    set.changed(List.of(put("a", 11, 1)));

    Registrations told = set.handOver(null);
    assertThat(told.announced()).containsExactly(node(1));
    assertThat(told.nodes()).hasSize(2);
  }

  @Test
  void aNodeThatWentBeforeItsHandOverIsNotAnnounced() {
    listed(10);
    set.changed(List.of(put("a", 11, 1)));
    set.changed(List.of(gone("a", 12)));

    assertThat(set.handOver(null).announced()).isEmpty();
  }

  @Test
  void twoKeysWithOneAddressAreOneNodeUntilBothAreGone() {
    listed(10, put("a", 5, 1), put("b", 6, 1));
    set.changed(List.of(gone("b", 11)));
    assertThat(nodes()).containsExactly(node(1));

    set.changed(List.of(gone("a", 12)));
    assertThat(nodes()).isEmpty();
  }

  @Test
  void malformedOnesAreNamedByPrintableKeysInOrder() {
    listed(10, bad("/services/s/\u00c3\u00bc"), put("x", 5, 1), bad("/services/s/\u001b[0m\n"));

    assertThat(set.handOver(null).malformed())
        .extracting(Registrations.Malformed::key)
        .containsExactly("/services/s/\\u001b[0m\\n", "/services/s/ü");
  }

  @Test
  void moreKeysThanAreReadShowAsOneMalformed() {
    List<Change> keys =
        new ArrayList<>(
            IntStream.range(0, Listing.MOST).mapToObj(i -> put("k" + i, 5, 1)).toList());
    set.listingBegins();
    set.listed(new Listing(10, keys, true));
    assertThat(set.handOver(null).malformed()).isEmpty();

    set.changed(List.of(put("one more", 11, 2)));
    Registrations told = set.handOver(null);
    assertThat(told.nodes()).containsExactly(node(1));
    assertThat(told.malformed())
        .containsExactly(
            new Registrations.Malformed(
                "/services/s/", "holds more than 100,000 keys; the others are not read"));

    listed(12, put("a", 5, 1));
    assertThat(set.handOver(null).malformed()).isEmpty();
  }

  @Test
  void ofMoreNodesThanAreUsedTheNewestAreLeftOutAndCounted() {
    RegistrationSet small = new RegistrationSet("/services/s/", 2);
    small.listingBegins();
    small.listed(listing(10, put("c", 7, 3), put("a", 5, 1), put("d", 8, 4), put("b", 6, 2)));

    Registrations told = small.handOver(null);
    assertThat(told.nodes()).containsExactlyInAnyOrder(node(1), node(2));
    assertThat(told.announced()).containsExactlyInAnyOrder(node(1), node(2));
    assertThat(told.malformed())
        .containsExactly(
            new Registrations.Malformed(
                "/services/s/", "holds 2 nodes more than 2; the newest are not used"));
  }

  @Test
  void nodesInUseKeepTheirPlacesThoughTheyRegisterAgainAndAPlaceThatIsFreeIsTaken() {
    RegistrationSet small = new RegistrationSet("/services/s/", 2);
    small.listingBegins();
    small.listed(listing(10, put("a", 5, 1), put("b", 6, 2)));
    small.handOver(null);

    small.changed(List.of(put("c", 11, 3), put("d", 12, 4), put("a", 13, 1)));
    assertThat(small.handOver(null).nodes()).containsExactlyInAnyOrder(node(1), node(2));

    small.changed(List.of(gone("b", 14)));
    assertThat(small.handOver(null).nodes()).containsExactlyInAnyOrder(node(1), node(3));

    small.changed(List.of(gone("c", 15), gone("d", 16), put("e", 17, 5)));
    Registrations told = small.handOver(null);
    assertThat(told.nodes()).containsExactlyInAnyOrder(node(1), node(5));
    assertThat(told.malformed()).isEmpty();
  }

  /** Random stores, whose listings and changes arrive in any order that a session allows. */
  @Test
  void theEndStateIsRightInAnyOrderOfEvents() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      RegistrationSet guess = new RegistrationSet("/");
      TreeMap<String, Change> store = new TreeMap<>();
      List<Change> untold = new ArrayList<>();
      guess.listingBegins();
      guess.listed(listing(0));
      Listing pending = null;
      for (int revision = 1; revision < 60; revision++) {
        String key = "k" + random.nextInt(6);
        Change change =
            store.containsKey(key) && random.nextBoolean()
                ? gone(key, revision)
                : put(key, revision, 1 + random.nextInt(4));
        store.compute(key, (_, _) -> change.registration() == null ? null : change);
        untold.add(change);
        if (pending == null && random.nextInt(5) == 0) {
          guess.listingBegins();
          // A real listing is read at some moment after its request; here the store does not change
          // in between.
          pending = new Listing(revision, List.copyOf(store.values()), true);
        }
        if (random.nextInt(3) == 0) {
          guess.changed(untold);
          untold.clear();
        }
        if (pending != null && random.nextInt(3) == 0) {
          guess.listed(pending);
          pending = null;
        }
      }
      guess.changed(untold);
      if (pending != null) {
        guess.listed(pending);
      }
      assertThat(guess.handOver(null).nodes())
          .as("seed %s", seed)
          .isEqualTo(
              Map.copyOf(store).values().stream()
                  .map(
                      c -> ((Registration.Node) Objects.requireNonNull(c.registration())).address())
                  .collect(Collectors.toSet()));
    }
  }

  private boolean listed(long revision, Change... keys) {
    set.listingBegins();
    return set.listed(listing(revision, keys));
  }

  private Set<NodeAddress> nodes() {
    return set.handOver(null).nodes();
  }

  static Listing listing(long revision, Change... keys) {
    return new Listing(revision, List.of(keys), true);
  }

  static NodeAddress node(int port) {
    return new NodeAddress("127.0.0.1", port);
  }

  static Change put(String key, long revision, int port) {
    return new Change(key, revision, new Registration.Node(node(port)));
  }

  static Change gone(String key, long revision) {
    return new Change(key, revision, null);
  }

  private static Change bad(String key) {
    return new Change(key, 5, new Registration.Malformed("no address"));
  }
}
