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
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dial of a node: carries out what the {@link DialRace} decides, each attempt with a session of
 * its own, until one is ready or all have failed. On the loop alone.
 *
 * <p>Whatever a step throws, an Error of the system's for one (no thread, no memory), ends as a
 * failed attempt or a failed dial: nothing is left open, and the owner hears of it.
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

  /** By the number of the attempt. */
  private final Map<Integer, Http2Session> sessions = new LinkedHashMap<>();

  private @Nullable Future<?> timer;
  private boolean over;

  /** How a dial reaches what is outside of the process. */
  record Network(Resolver resolver, Opener opener) {}

  /** For whom the dial is. */
  interface Owner {
    Http2Session newSession();

    /**
     * What makes a channel the session's.
     *
     * @param onFailure told on the loop why it will not be ready; perhaps more than once
     */
    ChannelHandler handler(Http2Session session, Consumer<String> onFailure) throws SSLException;

    /** There will be no session. Told once, and not when one is ready or the dial was ended. */
    void onDialFailed(String why);
  }

  /**
   * @param party for whom it is: parties have their shares of look-ups
   * @param timeout for the look-up of a name, and after it for a connection
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
    on(race::begin);
  }

  /** Somebody has heard that the node is there now. */
  void announced() {
    on(race::announced);
  }

  boolean has(Http2Session session) {
    return sessions.containsValue(session);
  }

  /** The session is ready, and goes on without the dial, which is over. */
  void won(Http2Session session) {
    int winner = attemptOf(session);
    sessions.remove(winner);
    race.ready(winner);
    end();
  }

  /** The session will not be ready. */
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
    on(now -> race.failed(attempt, why, now));
  }

  /** Closes all that is not ready; nothing is heard of it any more. */
  void end() {
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
    List.copyOf(sessions.keySet()).forEach(this::cancel);
  }

  // ---- one event

  /** The one place where a dial goes on, and where it ends whatever has happened. */
  private void on(LongFunction<List<DialStep>> event) {
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
    timer = loop.schedule(() -> on(race::time), wait, TimeUnit.NANOSECONDS);
  }

  // ---- steps; each returns what follows if it fails at once

  private List<DialStep> lookUp(boolean fresh) {
    try {
      network.resolver().lookUp(party, node.host(), fresh, loop, new Answer());
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
      String why = e instanceof SSLException tls ? AlpnVerifier.line(tls) : reason(e);
      return race.failed(attempt, why, clock.nanoTime());
    }
  }

  private void cancel(int attempt) {
    Http2Session cancelled = sessions.remove(attempt);
    if (cancelled == null) {
      return;
    }
    try {
      cancelled.close();
    } catch (Throwable e) {
      log.debug("{}: closing a session failed", node, e);
    }
  }

  private String reason(Throwable e) {
    log.debug("{}: a step of a dial failed", node, e);
    return "cannot dial: " + PeerMessage.reason(e);
  }

  private final class Answer implements Resolver.Answer {
    @Override
    public void found(List<InetAddress> addresses) {
      on(now -> race.found(addresses, now));
    }

    @Override
    public void failed(String why) {
      on(now -> race.notFound(why, now));
    }
  }

  private final class Outcome implements Opener.Outcome {
    private final int attempt;

    Outcome(int attempt) {
      this.attempt = attempt;
    }

    @Override
    public void opened() {
      on(now -> race.opened(attempt, now));
    }

    @Override
    public void failed(Throwable cause) {
      lost(attempt, PeerMessage.reason(cause));
    }
  }
}
