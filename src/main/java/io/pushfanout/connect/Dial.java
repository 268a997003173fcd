package io.pushfanout.connect;

import com.google.common.net.InetAddresses;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import io.pushfanout.model.NodeAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dial of a node: carries out the steps of the {@link DialRace}, each attempt with a session of
 * its own, until one is ready or all have failed. Used on the loop alone.
 *
 * <p>Anything that a step throws, such as an Error of the system (no thread, no memory), ends as a
 * failed attempt or a failed dial. Nothing is left open then, and the owner is notified.
 */
final class Dial {
  private static final Logger log = LoggerFactory.getLogger(Dial.class);

  private final NodeAddress node;
  private final Object party;
  private final EventLoop loop;
  private final Ticker clock;
  private final Network network;
  private final Owner owner;
  private final DialRace race;

  /** Sessions by the number of their attempt. */
  private final Map<Integer, Http2Session> sessions = new LinkedHashMap<>();

  private @Nullable Future<?> timer;
  private boolean over;

  /** The access of a dial to the world outside of the process. */
  record Network(NameResolver resolver, Opener opener) {}

  /** The owner of a dial. */
  interface Owner {
    Http2Session newSession();

    /**
     * Returns the handler that makes a channel the session's.
     *
     * @param onFailure receiver of the reason why the session will not be ready; called on the
     *     loop, perhaps more than once
     */
    ChannelHandler handler(Http2Session session, Consumer<String> onFailure);

    /**
     * The dial has failed without a session. Called once, but not after a session is ready or the
     * dial was ended.
     */
    void onDialFailed(String why);
  }

  /**
   * @param party the party of the connection: parties have their shares of look-ups
   * @param timeout time for the look-up of a name, and again for a connection
   */
  Dial(
      NodeAddress node,
      Object party,
      EventLoop loop,
      Network network,
      Duration timeout,
      AddressMemory memory,
      Owner owner) {
    this.node = node;
    this.party = party;
    this.loop = loop;
    this.clock = loop.ticker();
    this.network = network;
    this.owner = owner;
    boolean named = !InetAddresses.isInetAddress(node.host());
    race = new DialRace(node.host(), named, timeout, memory);
  }

  void begin() {
    handle(race::begin);
  }

  /** Reacts to news that the node is there now. */
  void announced() {
    handle(race::announced);
  }

  boolean has(Http2Session session) {
    return sessions.containsValue(session);
  }

  /** Ends the dial for a session that is ready, which goes on without the dial. */
  void won(Http2Session session) {
    int winner = attemptOf(session);
    sessions.remove(winner);
    race.ready(winner);
    end();
  }

  /** Ends the attempt of a session that will not be ready. */
  void lost(Http2Session session, String why) {
    if (has(session)) {
      lost(attemptOf(session), why);
    }
  }

  private int attemptOf(Http2Session session) {
    return sessions.entrySet().stream()
        .filter(entry -> entry.getValue() == session)
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private void lost(int attempt, String why) {
    cancel(attempt);
    handle(now -> race.failed(attempt, why, now));
  }

  /** Closes all sessions that are not ready; no event of them follows. */
  void end() {
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
    List.copyOf(sessions.keySet()).forEach(this::cancel);
  }

  // ---- one event

  /** Handles an event: the one place where a dial goes on, and where it ends on any failure. */
  private void handle(LongFunction<List<DialStep>> event) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException(
          "the dial of " + node + " was called on " + Thread.currentThread().getName());
    }
    if (over) {
      return;
    }
    String failure;
    try {
      failure = carryOut(event.apply(clock.nanoTime()));
      if (failure == null) {
        setTimer();
      }
    } catch (Throwable e) {
      failure = reason(e);
    }
    if (failure != null) {
      end();
      owner.onDialFailed(failure);
    }
  }

  /** Returns why the dial has failed, or null. */
  private @Nullable String carryOut(List<DialStep> steps) {
    Deque<DialStep> due = new ArrayDeque<>(steps);
    while (!due.isEmpty()) {
      switch (due.remove()) {
        case DialStep.LookUp(boolean fresh) -> due.addAll(lookUp(fresh));
        case DialStep.Start(int attempt, InetAddress address) ->
            due.addAll(start(attempt, address));
        case DialStep.Cancel(int attempt) -> cancel(attempt);
        case DialStep.GiveUp(String why) -> {
          return why;
        }
      }
    }
    return null;
  }

  private void setTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
    long wait = Math.max(0, race.wakeAt() - clock.nanoTime());
    timer = loop.schedule(() -> handle(race::time), wait, TimeUnit.NANOSECONDS);
  }

  // ---- steps; each returns the steps that follow if it fails at once

  private List<DialStep> lookUp(boolean fresh) {
    try {
      network.resolver().resolve(party, node.host(), fresh, loop, new Answer());
      return List.of();
    } catch (Throwable e) {
      return race.notFound(reason(e), clock.nanoTime());
    }
  }

  private List<DialStep> start(int attempt, InetAddress address) {
    try {
      Http2Session session = owner.newSession();
      sessions.put(attempt, session);
      ChannelHandler handler = owner.handler(session, why -> lost(session, why));
      network
          .opener()
          .open(new InetSocketAddress(address, node.port()), loop, handler, new Outcome(attempt));
      return List.of();
    } catch (Throwable e) {
      cancel(attempt);
      return race.failed(attempt, reason(e), clock.nanoTime());
    }
  }

  private void cancel(int attempt) {
    Http2Session cancelled = sessions.remove(attempt);
    if (cancelled == null) {
      return;
    }
    try {
      cancelled.lifecycle().close();
    } catch (Throwable e) {
      log.debug("{}: closing a session failed", node, e);
    }
  }

  private String reason(Throwable e) {
    log.debug("{}: a step of a dial failed", node, e);
    return "cannot dial: " + PeerMessage.reason(e);
  }

  private final class Answer implements NameResolver.Answer {
    @Override
    public void found(List<InetAddress> addresses) {
      handle(now -> race.found(addresses, now));
    }

    @Override
    public void failed(String why) {
      handle(now -> race.notFound(why, now));
    }
  }

  private final class Outcome implements Opener.Outcome {
    private final int attempt;

    Outcome(int attempt) {
      this.attempt = attempt;
    }

    @Override
    public void opened() {
      handle(now -> race.opened(attempt, now));
    }

    @Override
    public void failed(Throwable cause) {
      lost(attempt, PeerMessage.reason(cause));
    }
  }
}
