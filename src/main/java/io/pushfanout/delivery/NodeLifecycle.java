package io.pushfanout.delivery;

import io.pushfanout.model.NodeState;
import io.pushfanout.model.StatusCode;
import java.time.Duration;

/**
 * The state of a node at one moment: an immutable value, from which each event makes the next one.
 * Times are nanoseconds of the engine's clock.
 *
 * <pre>
 * link          event             next link
 * Dialling      connected         Connected
 *               disconnected      Dialling, since the same moment
 * Connected     replacing         Replacing: an orderly end is no loss
 *               disconnected      Dialling
 * Replacing     connected         Connected, since the same moment, the presence kept
 *               disconnected      Dialling: the dial has failed
 *
 * presence      ended with        next presence
 * Present       ABSENT            Present, one more in a row; the third: Absent
 *               PRESENT           Present, none in a row
 * Absent        PRESENT           Present
 *               ABSENT            Absent
 * any           NONE              the same
 * </pre>
 *
 * <p>The presence begins as Present with each connection that replaces none. {@link Failures} count
 * the errors of a present node.
 *
 * @param shortLived connections in a row that lived for less than {@link #PATIENCE_NANOS}
 */
record NodeLifecycle(Link link, Presence presence, Failures failures, int shortLived) {
  /** Nanoseconds that a condition must last before it counts. */
  static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  /** Events in a row that make a node absent, failing or flapping. */
  private static final int THRESHOLD = 3;

  private static final Presence.Present PRESENT = new Presence.Present(0, 0);

  /** The state of the connection, from the view of deliveries. */
  sealed interface Link {
    /**
     * @param dialled whether the node is being dialled; false if it cannot be for now
     * @param why one line for people
     */
    record Dialling(long sinceNanos, boolean dialled, String why) implements Link {}

    /**
     * @param sinceNanos the start of the first of the connections that replaced one another
     * @param thisNanos the start of this connection
     */
    record Connected(long sinceNanos, long thisNanos) implements Link {}

    /** The next connection is being dialled, and no dial has failed. */
    record Replacing(long sinceNanos) implements Link {}
  }

  /** The presence of a node behind the connection. */
  sealed interface Presence {
    /**
     * @param absences deliveries in a row that ended with {@link Evidence#ABSENT}
     * @param sinceNanos the end of the first of them
     */
    record Present(int absences, long sinceNanos) implements Presence {}

    /**
     * @param sinceNanos the end of the first delivery that showed the absence
     */
    record Absent(long sinceNanos, StatusCode code, String why) implements Presence {}
  }

  /**
   * The errors of a present node.
   *
   * @param inARow errors without a success between them
   * @param lastNanos the end of the last failed delivery
   * @param code the code of the last error
   * @param text the node's text of the last error
   * @param failing whether three errors came in a row; a success at least 5 s after the last error
   *     ends it
   */
  record Failures(int inARow, long lastNanos, StatusCode code, String text, boolean failing) {
    static final Failures NONE = new Failures(0, 0, StatusCode.OK, "", false);

    Failures another(int count, StatusCode now, String detail, long nowNanos) {
      int all = (int) Math.min(THRESHOLD, (long) inARow + count);
      return new Failures(all, nowNanos, now, detail, failing || all >= THRESHOLD);
    }

    Failures success(long nowNanos) {
      if (!failing || nowNanos - lastNanos >= PATIENCE_NANOS) {
        return NONE;
      }
      return inARow == 0 ? this : new Failures(0, lastNanos, code, text, true);
    }
  }

  static NodeLifecycle begin(long nowNanos) {
    return new NodeLifecycle(
        new Link.Dialling(nowNanos, true, "not connected yet"), PRESENT, Failures.NONE, 0);
  }

  // ---- events

  NodeLifecycle connected(long nowNanos) {
    return link instanceof Link.Replacing replaced
        ? new NodeLifecycle(
            new Link.Connected(replaced.sinceNanos, nowNanos), presence, failures, shortLived)
        : new NodeLifecycle(new Link.Connected(nowNanos, nowNanos), PRESENT, failures, shortLived);
  }

  NodeLifecycle replacing(long nowNanos) {
    return link instanceof Link.Connected connected
        ? new NodeLifecycle(
            new Link.Replacing(connected.sinceNanos),
            presence,
            failures,
            shortLivedAfter(connected, nowNanos))
        : this;
  }

  NodeLifecycle disconnected(long nowNanos, boolean dialled, String why) {
    long since = presence instanceof Presence.Absent absent ? absent.sinceNanos : nowNanos;
    return switch (link) {
      case Link.Dialling dialling ->
          with(new Link.Dialling(dialling.sinceNanos, dialled, why), PRESENT, shortLived);
      case Link.Connected connected ->
          with(
              new Link.Dialling(since, dialled, why),
              PRESENT,
              shortLivedAfter(connected, nowNanos));
      case Link.Replacing _ -> with(new Link.Dialling(since, dialled, why), PRESENT, shortLived);
    };
  }

  private NodeLifecycle with(Link changed, Presence changedPresence, int changedShortLived) {
    return new NodeLifecycle(changed, changedPresence, failures, changedShortLived);
  }

  private int shortLivedAfter(Link.Connected connected, long nowNanos) {
    boolean brief = nowNanos - connected.thisNanos < PATIENCE_NANOS;
    return brief ? Math.min(shortLived, Integer.MAX_VALUE - 1) + 1 : 0;
  }

  /**
   * Returns the state after the end of deliveries.
   *
   * @param count deliveries that ended alike, 1 or more
   * @param detail the node's text
   */
  NodeLifecycle ended(Evidence evidence, StatusCode code, String detail, int count, long nowNanos) {
    return switch (evidence) {
      case PRESENT -> answered(code, detail, count, nowNanos);
      case ABSENT -> absent(code, detail, count, nowNanos);
      case NONE ->
          code == StatusCode.DEADLINE_EXCEEDED
              ? new NodeLifecycle(
                  link, presence, failures.another(count, code, detail, nowNanos), shortLived)
              : this;
    };
  }

  /** Returns the state after an answer of the node outside of deliveries. */
  NodeLifecycle seen() {
    return isAbsent() ? new NodeLifecycle(link, PRESENT, failures, shortLived) : this;
  }

  private NodeLifecycle answered(StatusCode code, String detail, int count, long nowNanos) {
    Presence there =
        presence instanceof Presence.Present present && present.absences == 0 ? presence : PRESENT;
    Failures after =
        code == StatusCode.OK
            ? failures.success(nowNanos)
            : failures.another(count, code, detail, nowNanos);
    boolean same = there.equals(presence) && after.equals(failures);
    return same ? this : new NodeLifecycle(link, there, after, shortLived);
  }

  private NodeLifecycle absent(StatusCode code, String detail, int count, long nowNanos) {
    if (!(presence instanceof Presence.Present present)) {
      return this;
    }
    long first = present.absences == 0 ? nowNanos : present.sinceNanos;
    long inARow = (long) present.absences + count;
    Presence next =
        inARow >= THRESHOLD
            ? new Presence.Absent(first, code, detail)
            : new Presence.Present((int) inARow, first);
    return new NodeLifecycle(link, next, failures, shortLived);
  }

  // ---- derived values

  /** Returns whether deliveries can reach a node. */
  boolean isConnected() {
    return !(link instanceof Link.Dialling) && !isAbsent();
  }

  /** Returns whether there is a connection without a node behind it. */
  boolean isAbsent() {
    return presence instanceof Presence.Absent;
  }

  boolean isDialled() {
    return !(link instanceof Link.Dialling dialling) || dialling.dialled;
  }

  /** Returns the time of the last change between connected and not connected, in nanoseconds. */
  long sinceNanos() {
    return presence instanceof Presence.Absent absent
        ? absent.sinceNanos
        : switch (link) {
          case Link.Dialling dialling -> dialling.sinceNanos;
          case Link.Connected connected -> connected.sinceNanos;
          case Link.Replacing replaced -> replaced.sinceNanos;
        };
  }

  /** Returns the state of the node, apart from the fill of its queue. */
  NodeState state(long nowNanos) {
    if (isConnected()) {
      return NodeState.CONNECTED;
    }
    return nowNanos - sinceNanos() >= PATIENCE_NANOS ? NodeState.UNREACHABLE : NodeState.CONNECTING;
  }

  /** Returns why the node is not connected, in one line for people; empty when it is. */
  String detail() {
    if (presence instanceof Presence.Absent absent) {
      String why = absent.why.isEmpty() ? "" : " " + absent.why;
      return "absent behind its connection: " + absent.code + why;
    }
    return link instanceof Link.Dialling dialling ? dialling.why : "";
  }

  /**
   * Returns whether three or more connections in a row lived for less than 5 s, and the current one
   * has not lived longer yet.
   */
  boolean isFlapping(long nowNanos) {
    boolean lasts =
        link instanceof Link.Connected connected
            && nowNanos - connected.thisNanos >= PATIENCE_NANOS;
    return shortLived >= THRESHOLD && !lasts;
  }
}
