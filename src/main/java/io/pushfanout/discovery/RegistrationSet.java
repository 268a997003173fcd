package io.pushfanout.discovery;

import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Printable;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.plan.Trouble;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one service's keys: the last listing, and every change since.
 *
 * <p>By keys and their revisions, so that a change that comes twice, or comes again after the
 * listing that holds it already, does nothing. While a listing is under way the changes that come
 * meanwhile apply at once and are kept as well: the listing shows the store at a moment that some
 * of them precede and others follow, and those apply to it again.
 */
final class RegistrationSet {
  /** Of a malformed registration, as it is shown. */
  private static final int LONGEST_KEY = 200;

  private final String prefix;
  private final int maxNodes;
  private final Set<NodeAddress> announced = new HashSet<>();

  /** What was handed over last. */
  private Set<NodeAddress> taken = Set.of();

  private Map<String, Entry> entries = new HashMap<>();
  private long revision;
  private boolean complete = true;
  private @Nullable List<Change> sinceListingBegan;

  RegistrationSet(String prefix) {
    this(prefix, Bounds.REGISTERED_NODES_MAX);
  }

  /**
   * @param maxNodes beyond these the newest are not handed over
   */
  RegistrationSet(String prefix, int maxNodes) {
    this.prefix = prefix;
    this.maxNodes = maxNodes;
  }

  private record Entry(long revision, Registration registration) {}

  /** A listing is asked for; it will show the store as it is now, or later. */
  void listingBegins() {
    sinceListingBegan = new ArrayList<>();
  }

  /**
   * Takes a listing, and what changed since.
   *
   * @return whether it said something that was not known
   */
  boolean listed(Listing listing) {
    final Map<String, Entry> before = entries;
    final List<Change> after = sinceListingBegan == null ? List.of() : sinceListingBegan;
    sinceListingBegan = null;
    entries = new HashMap<>();
    complete = listing.complete();
    listing.keys().forEach(this::put);
    revision = listing.revision();
    applyNewer(after);
    entries.forEach((key, entry) -> announceUnlessKnown(entry, before.get(key)));
    return !entries.equals(before);
  }

  /**
   * Takes changes that a watch told.
   *
   * @return whether any of them was not known
   */
  boolean changed(List<Change> changes) {
    if (sinceListingBegan != null) {
      sinceListingBegan.addAll(changes);
    }
    return applyNewer(changes);
  }

  /** All changes of one revision come together, so whatever is not newer is known already. */
  private boolean applyNewer(List<Change> changes) {
    long newest = revision;
    boolean news = false;
    for (Change change : changes) {
      if (change.revision() > revision) {
        news |= apply(change);
        newest = Math.max(newest, change.revision());
      }
    }
    revision = newest;
    return news;
  }

  private boolean apply(Change change) {
    if (change.registration() == null) {
      return entries.remove(change.key()) != null;
    }
    Entry known = entries.get(change.key());
    put(change);
    Entry now = entries.get(change.key());
    if (now != null) {
      announceUnlessKnown(now, known);
    }
    return true;
  }

  private void put(Change change) {
    Registration registration = change.registration();
    if (registration == null) {
      return;
    }
    if (entries.size() >= Listing.MOST && !entries.containsKey(change.key())) {
      complete = false;
      return;
    }
    entries.put(change.key(), new Entry(change.revision(), registration));
  }

  private void announceUnlessKnown(Entry entry, @Nullable Entry known) {
    if (entry.registration() instanceof Registration.Node(NodeAddress address)
        && !entry.equals(known)) {
      announced.add(address);
    }
  }

  /**
   * What is known now; what is announced is announced once.
   *
   * @param trouble why it may be old; null where it is not
   */
  Registrations handOver(@Nullable Trouble trouble) {
    Set<NodeAddress> registered = new HashSet<>();
    List<Malformed> malformed = new ArrayList<>();
    entries.forEach(
        (key, entry) -> {
          switch (entry.registration()) {
            case Registration.Node(NodeAddress address) -> registered.add(address);
            case Registration.Directory _ -> {
              // Neither a node nor a mistake.
            }
            case Registration.Malformed(String problem) ->
                malformed.add(new Malformed(printable(key), problem));
          }
        });
    if (!complete) {
      malformed.add(
          new Malformed(
              prefix, "holds more than %,d keys; the others are not read".formatted(Listing.MOST)));
    }
    int tooMany = registered.size() - maxNodes;
    Set<NodeAddress> nodes = tooMany > 0 ? oldest(registered) : registered;
    if (tooMany > 0) {
      malformed.add(
          new Malformed(
              prefix,
              "holds %,d nodes more than %,d; the newest are not used"
                  .formatted(tooMany, maxNodes)));
    }
    taken = nodes;
    malformed.sort(Comparator.comparing(Malformed::key));
    announced.retainAll(nodes);
    Registrations registrations = new Registrations(nodes, malformed, announced, trouble);
    announced.clear();
    return registrations;
  }

  /** Those that are in use stay, so that no newcomer takes a place; then by their revisions. */
  private Set<NodeAddress> oldest(Set<NodeAddress> registered) {
    Set<NodeAddress> oldest = new HashSet<>(taken);
    oldest.retainAll(registered);
    entries.values().stream()
        .sorted(Comparator.comparingLong(Entry::revision))
        .map(Entry::registration)
        .forEach(
            registration -> {
              if (registration instanceof Registration.Node(NodeAddress address)
                  && oldest.size() < maxNodes) {
                oldest.add(address);
              }
            });
    return oldest;
  }

  private static String printable(String key) {
    return Printable.line(
        new String(key.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), LONGEST_KEY);
  }
}
