package io.pushfanout.interest;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that one node holds, by its updates. Updates are applied in steps, each short enough
 * for a loop that delivers. {@link #routing} and {@link #size} may be called from any thread, the
 * other methods on the node's loop.
 *
 * <p>Joins are visible to all broadcasts before their update is confirmed. Leaves may be late: a
 * message too many harms nobody.
 */
public final class NodeRooms {
  /** Rooms that one step joins or leaves: a tenth of a millisecond, or one where maps grow. */
  static final int ROOMS_OF_STEP = 250;

  /** Updates that may wait for their steps. */
  private static final int MOST_WAITING = 1000;

  /** Rooms that waiting updates may name, or twice those of the largest listing. */
  private static final int MOST_WAITING_NAMES = 1_000_000;

  /** The way in which a node gets the messages of rooms. */
  public enum Routing {
    /** The node gets the messages of its rooms. */
    ROUTED,
    /** The node has no whole listing, and gets every message. */
    EVERYTHING,
    /** The settings turn routing off. */
    OFF,
    /** The node has no service of interest. */
    UNIMPLEMENTED;

    /** Returns the word in the status. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private final RoomIndex index;
  private final RoomSet rooms = new RoomSet();
  private final Deque<RoomUpdate> waiting = new ArrayDeque<>();

  /** Rooms that the waiting updates name. */
  private long waitingNames;

  private volatile Routing routing = Routing.EVERYTHING;
  private volatile int size;

  /** Number of the last update that has arrived. */
  private long arrived;

  /** Step that the first waiting update is in; null before its begin. */
  private @Nullable Steps steps;

  /** Whether the listing has more rooms than a node may have. */
  private boolean tooMany;

  public NodeRooms(RoomIndex index) {
    this.index = index;
  }

  /** Returns the way in which the node gets the messages of rooms. */
  public Routing routing() {
    return routing;
  }

  /** Returns the number of rooms that the node has listed. */
  public int size() {
    return size;
  }

  /** Returns whether the node has listed more rooms than a node may have. */
  public boolean hasTooMany() {
    return tooMany;
  }

  // ---- a stream of updates

  /** Begins with the updates of another stream: until its listing is whole, everything. */
  public void begin() {
    lost(Routing.EVERYTHING);
    arrived = 0;
  }

  /** Ends a stream, or begins without one: the node gets everything. */
  public void lost(Routing now) {
    waiting.clear();
    waitingNames = 0;
    steps = null;
    route(now);
  }

  private void route(Routing now) {
    boolean changes = (now == Routing.ROUTED) != (routing == Routing.ROUTED);
    routing = now;
    if (changes) {
      index.changed();
    }
  }

  /**
   * Takes an update of the stream, for {@link #step}.
   *
   * @throws InvalidUpdate when the update cannot be the next one of its stream
   */
  public void add(RoomUpdate update) throws InvalidUpdate {
    if (update.version() != arrived + 1) {
      throw new InvalidUpdate("update %d follows update %d".formatted(update.version(), arrived));
    }
    if (arrived == 0 && !update.reset()) {
      throw new InvalidUpdate("the first update has no reset");
    }
    waitingNames += update.names();
    if (waiting.size() == MOST_WAITING
        || waitingNames > Math.max(MOST_WAITING_NAMES, 2L * index.maxRooms())) {
      throw new InvalidUpdate("updates come faster than they are applied");
    }
    arrived++;
    waiting.add(update);
  }

  /**
   * Applies a part of the waiting updates.
   *
   * @param onApplied receives the number of each update that is in effect
   * @return whether there is more to do
   */
  public boolean step(LongConsumer onApplied) {
    int left = ROOMS_OF_STEP;
    for (RoomUpdate next = waiting.peek(); next != null; next = waiting.peek()) {
      if (steps == null) {
        steps = new Steps(next);
      }
      left = steps.run(left);
      if (left < 0) {
        return true;
      }
      steps = null;
      waiting.remove();
      waitingNames -= next.names();
      onApplied.accept(next.version());
    }
    return false;
  }

  /**
   * Removes the node from some of its rooms, once it holds none any more.
   *
   * @return whether there are more
   */
  public boolean forget() {
    forget(ROOMS_OF_STEP);
    return !rooms.isEmpty();
  }

  private void forget(int most) {
    rooms.removeSome(most, room -> index.leave(room, this));
    size = rooms.size();
  }

  /** The application of one update: first all that adds nodes to rooms, then what removes them. */
  private final class Steps {
    private final RoomUpdate update;
    private boolean forgetting;
    private final Iterator<RoomName> joins;
    private final Iterator<RoomName> leaves;

    /** Rooms that the update joins, where it leaves some too: these are no leaves. */
    private final RoomSet joined = new RoomSet();

    Steps(RoomUpdate update) {
      this.update = update;
      this.joins = update.join().iterator();
      this.leaves = update.leave().iterator();
      if (update.reset()) {
        route(Routing.EVERYTHING);
        tooMany = false;
        forgetting = !rooms.isEmpty();
      }
    }

    /** Runs as far as the allowance goes. Returns the rest of it; below 0 while there is more. */
    int run(int allowance) {
      int left = allowance;
      if (forgetting) {
        int before = rooms.size();
        forget(left);
        forgetting = !rooms.isEmpty();
        if (forgetting) {
          return -1;
        }
        left -= before;
      }
      for (; joins.hasNext(); left--) {
        if (left <= 0) {
          return -1;
        }
        RoomName room = joins.next();
        if (!update.leave().isEmpty()) {
          joined.add(room);
        }
        join(room);
      }
      for (; leaves.hasNext(); left--) {
        if (left <= 0) {
          return -1;
        }
        leave(leaves.next());
      }
      size = rooms.size();
      if (update.complete() && !tooMany) {
        route(Routing.ROUTED);
      }
      return Math.max(0, left);
    }

    private void join(RoomName room) {
      if (tooMany || rooms.contains(room)) {
        return;
      }
      if (rooms.size() == index.maxRooms()) {
        tooMany = true;
        route(Routing.EVERYTHING);
        return;
      }
      rooms.add(index.join(room, NodeRooms.this));
    }

    private void leave(RoomName room) {
      if (!joined.contains(room) && rooms.remove(room)) {
        index.leave(room, NodeRooms.this);
      }
    }
  }

  /** An update that breaks the rules of its stream; the message is one line. */
  public static final class InvalidUpdate extends Exception {
    public InvalidUpdate(String message) {
      super(message, null, false, false);
    }
  }
}
