package io.pushfanout.discovery;

import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Malformed;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.text.Printable;
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
 * The registrations of one service: the last listing, and every change since.
 *
 * <p>Changes are applied by keys and revisions, so a duplicate, or a change that the listing
 * already holds, has no effect. Changes during a listing apply at once and are also stored: the
 * listing shows the store at a moment before some of them, and these apply to it again.
 */
final class RegistrationSet {
  /** Limit of a malformed registration's key in messages, in characters. */
  private static final int LONGEST_KEY = 200;

  private final String prefix;
  private final int maxNodes;
  private final Set<NodeAddress> announced = new HashSet<>();

  /** Nodes of the last hand-over. */
  private Set<NodeAddress> taken = Set.of();

  private Map<String, Entry> entries = new HashMap<>();
  private long revision;
  private boolean complete = true;
  private @Nullable List<Change> sinceListingBegan;

  RegistrationSet(String prefix) {
    this(prefix, Bounds.REGISTERED_NODES_MAX);
  }

  /**
   * @param maxNodes limit of nodes; the newest beyond it are not handed over
   */
  RegistrationSet(String prefix, int maxNodes) {
    this.prefix = prefix;
    this.maxNodes = maxNodes;
  }

  private record Entry(long revision, Registration registration) {}

  /**
   * Starts to store changes: a listing is requested and will show the store as it is now, or later.
   */
  void listingBegins() {
    sinceListingBegan = new ArrayList<>();
  }

  /**
   * Applies a listing, and the changes since its request.
   *
   * @return whether the set has changed
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
   * Applies changes of a watch.
   *
   * @return whether any of them was new
   */
  boolean changed(List<Change> changes) {
    if (sinceListingBegan != null) {
      sinceListingBegan.addAll(changes);
    }
    return applyNewer(changes);
  }

  /**
   * Applies the changes of newer revisions. All changes of one revision come together, so a change
   * that is not newer has been applied.
   */
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
   * Returns the present registrations; each announcement is returned once.
   *
   * @param trouble why they may be old; null when they are current
   */
  Registrations handOver(@Nullable Trouble trouble) {
    Set<NodeAddress> registered = new HashSet<>();
    List<Malformed> malformed = new ArrayList<>();
    entries.forEach(
        (key, entry) -> {
          switch (entry.registration()) {
            case Registration.Node(NodeAddress address) -> registered.add(address);
            case Registration.Directory _ -> {
              // Neither a node nor malformed.
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

  /**
   * Returns the nodes within the limit: first those in use, so that no new one replaces them, then
   * by their revisions.
   */
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
