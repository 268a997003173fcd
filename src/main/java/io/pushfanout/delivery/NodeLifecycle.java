package io.pushfanout.delivery;

import io.pushfanout.model.NodeState;
import io.pushfanout.model.StatusCode;
import java.time.Duration;

/**
 * What is known of a node at one moment. A value: each event makes the next one of it. Times are
 * nanoseconds of the engine's clock.
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
 * <p>A new connection that replaces none is a new chance: the presence begins as Present. {@link
 * Failures} follow the errors of a node that is there.
 *
 * @param shortLived connections in a row that lived for less than {@link #PATIENCE_NANOS}
 */
record NodeLifecycle(Link link, Presence presence, Failures failures, int shortLived) {
  /** How long a thing must last before it is called so. */
  static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  /** What has to come in a row before it means something. */
  private static final int ENOUGH = 3;

  private static final Presence.Present PRESENT = new Presence.Present(0, 0);

  /** The connection, as deliveries see it. */
  sealed interface Link {
    /**
     * @param dialled whether the node is dialled, or cannot be for now
     * @param why one line for people
     */
    record Dialling(long sinceNanos, boolean dialled, String why) implements Link {}

    /**
     * @param sinceNanos when the first connection began, of those that replaced one another
     * @param thisNanos when this one began
     */
    record Connected(long sinceNanos, long thisNanos) implements Link {}

    /** The next connection is being dialled, and no dial has failed. */
    record Replacing(long sinceNanos) implements Link {}
  }

  /** Whether there is a node behind the connection. */
  sealed interface Presence {
    /**
     * @param away deliveries in a row that ended with {@link Evidence#ABSENT}
     * @param sinceNanos the end of the first of them
     */
    record Present(int away, long sinceNanos) implements Presence {}

    /**
     * @param sinceNanos the end of the first delivery that showed it
     */
    record Absent(long sinceNanos, StatusCode code, String why) implements Presence {}
  }

  /**
   * The errors of a node that is there.
   *
   * @param inARow without a success between them
   * @param lastNanos the end of the last
   * @param code of the last
   * @param text of the last, from the node
   * @param failing whether three came in a row, and no success later than 5 s after the last
   */
  record Failures(int inARow, long lastNanos, StatusCode code, String text, boolean failing) {
    static final Failures NONE = new Failures(0, 0, StatusCode.OK, "", false);

    Failures another(int count, StatusCode now, String detail, long nowNanos) {
      int all = (int) Math.min(ENOUGH, (long) inARow + count);
      return new Failures(all, nowNanos, now, detail, failing || all >= ENOUGH);
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
   * Deliveries have ended.
   *
   * @param count how many have ended so, 1 or more
   * @param detail the node's text
   */
  NodeLifecycle ended(Evidence evidence, StatusCode code, String detail, int count, long nowNanos) {
    return switch (evidence) {
      case PRESENT -> answered(code, detail, count, nowNanos);
      case ABSENT -> away(code, detail, count, nowNanos);
      case NONE ->
          code == StatusCode.DEADLINE_EXCEEDED
              ? new NodeLifecycle(
                  link, presence, failures.another(count, code, detail, nowNanos), shortLived)
              : this;
    };
  }

  /** The node has answered something beside deliveries. */
  NodeLifecycle seen() {
    return isAbsent() ? new NodeLifecycle(link, PRESENT, failures, shortLived) : this;
  }

  private NodeLifecycle answered(StatusCode code, String detail, int count, long nowNanos) {
    Presence there =
        presence instanceof Presence.Present present && present.away == 0 ? presence : PRESENT;
    Failures after =
        code == StatusCode.OK
            ? failures.success(nowNanos)
            : failures.another(count, code, detail, nowNanos);
    boolean same = there.equals(presence) && after.equals(failures);
    return same ? this : new NodeLifecycle(link, there, after, shortLived);
  }

  private NodeLifecycle away(StatusCode code, String detail, int count, long nowNanos) {
    if (!(presence instanceof Presence.Present present)) {
      return this;
    }
    long first = present.away == 0 ? nowNanos : present.sinceNanos;
    long inARow = (long) present.away + count;
    Presence next =
        inARow >= ENOUGH
            ? new Presence.Absent(first, code, detail)
            : new Presence.Present((int) inARow, first);
    return new NodeLifecycle(link, next, failures, shortLived);
  }

  // ---- what follows

  /** Whether deliveries can reach a node. */
  boolean isConnected() {
    return !(link instanceof Link.Dialling) && !isAbsent();
  }

  /** Whether there is a connection, and no node behind it. */
  boolean isAbsent() {
    return presence instanceof Presence.Absent;
  }

  boolean isDialled() {
    return !(link instanceof Link.Dialling dialling) || dialling.dialled;
  }

  /** Since when it has been connected, or has not been. */
  long sinceNanos() {
    return presence instanceof Presence.Absent absent
        ? absent.sinceNanos
        : switch (link) {
          case Link.Dialling dialling -> dialling.sinceNanos;
          case Link.Connected connected -> connected.sinceNanos;
          case Link.Replacing replaced -> replaced.sinceNanos;
        };
  }

  /** How the node is doing, but for how full its queue is. */
  NodeState state(long nowNanos) {
    if (isConnected()) {
      return NodeState.CONNECTED;
    }
    return nowNanos - sinceNanos() >= PATIENCE_NANOS ? NodeState.UNREACHABLE : NodeState.CONNECTING;
  }

  /** Why it is not connected, for people; empty when it is. */
  String detail() {
    if (presence instanceof Presence.Absent absent) {
      String why = absent.why.isEmpty() ? "" : " " + absent.why;
      return "absent behind its connection: " + absent.code + why;
    }
    return link instanceof Link.Dialling dialling ? dialling.why : "";
  }

  /** Whether its connections live for less than 5 s again and again. */
  boolean isFlapping(long nowNanos) {
    boolean lasts =
        link instanceof Link.Connected connected
            && nowNanos - connected.thisNanos >= PATIENCE_NANOS;
    return shortLived >= ENOUGH && !lasts;
  }
}
