package io.pushfanout.connect;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A dialer of one node: one {@link Dial} at a time is under way or scheduled, at once or after the
 * {@link Backoff}, until one has a session that is ready. Sessions have the TLS choice and the
 * delivery target in force.
 */
final class Dialer implements Dial.Owner {
  private final NodeAddress node;
  private final Supplier<?> party;
  private final EventLoop loop;
  private final Dial.Network network;
  private final NettyConnector.Options options;
  private final TlsProfiles profiles;
  private final NodeConnection.Listener engine;
  private final Owner owner;
  private final Backoff backoff;
  private final AddressMemory addresses = new AddressMemory();

  private TlsChoice tls;
  private @Nullable DeliveryTarget target;
  private RequestHeadersFactory requests;
  private @Nullable Dial dial;
  private @Nullable Future<?> scheduled;
  private boolean stopped;

  /** The owner of a dialer and of its sessions. */
  interface Owner extends Http2Session.Owner {
    /** A dial has failed without a session; another is scheduled. */
    void onDialFailed(String why);

    /** The TLS profile is missing: nothing is dialled before the TLS choice changes. */
    void onNotDialled(String why);
  }

  Dialer(
      NodeAddress node,
      Supplier<?> party,
      EventLoop loop,
      Dial.Network network,
      NettyConnector.Options options,
      TlsProfiles profiles,
      TlsChoice tls,
      NodeConnection.Listener engine,
      Owner owner) {
    this.node = node;
    this.party = party;
    this.loop = loop;
    this.network = network;
    this.options = options;
    this.profiles = profiles;
    this.tls = tls;
    this.engine = engine;
    this.owner = owner;
    backoff = new Backoff(new SplittableRandom(loop.ticker().nanoTime() ^ node.hashCode()));
    requests = new RequestHeadersFactory(node, tls);
  }

  // ---- settings of sessions

  TlsChoice tls() {
    return tls;
  }

  /** Changes the TLS choice of the next sessions. */
  void updateTls(TlsChoice changed) {
    tls = changed;
    requests = new RequestHeadersFactory(node, changed);
    requests.target(target);
  }

  /** Sets the delivery target of calls and streams from now on, of present sessions too. */
  void target(@Nullable DeliveryTarget changed) {
    target = changed;
    requests.target(changed);
  }

  @Override
  public Http2Session newSession() {
    return new Http2Session(loop, requests, options, owner, engine);
  }

  @Override
  public ChannelHandler handler(Http2Session session, Consumer<String> onFailure) {
    return tls.profile() == null
        ? session.handler()
        : AlpnVerifier.before(
            session.handler(),
            profiles.context(tls.profile()),
            tls.serverName() == null ? node.host() : tls.serverName(),
            node.port(),
            onFailure);
  }

  // ---- one dial after the other

  /** Dials now, without what is left of the backoff. */
  void dialNow() {
    cancelScheduled();
    backoff.reset();
    dial();
  }

  private void dial() {
    scheduled = null;
    if (stopped) {
      return;
    }
    if (!profiles.supports(tls)) {
      // A profile cannot come while the program runs, so there is nothing to wait for.
      owner.onNotDialled("the server has no TLS profile named " + tls.profile());
      return;
    }
    dial = new Dial(node, party.get(), loop, network, options.connectTimeout(), addresses, this);
    dial.begin();
  }

  @Override
  public void onDialFailed(String why) {
    dial = null;
    dialAfter(backoff.nextNanos());
    owner.onDialFailed(why);
  }

  private void dialAfter(long nanos) {
    scheduled = loop.schedule(this::dial, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Dials in place of a connection that was ready: at once if it was good, else after the backoff.
   *
   * @return whether no dial has waited since the last good connection
   */
  boolean redial(boolean good, long livedNanos) {
    if (good || livedNanos >= Backoff.MAX_NANOS) {
      backoff.reset();
    }
    boolean first = backoff.isFirst();
    dialAfter(good ? 0 : backoff.nextNanos());
    return first;
  }

  /**
   * Reacts to news that the node is there now.
   *
   * @return whether a dial is under way
   */
  boolean announced() {
    if (dial != null) {
      backoff.reset();
      dial.announced();
    } else if (scheduled != null) {
      dialNow();
    }
    return dial != null;
  }

  /** Ends the dial for its session that is ready. */
  void won(Http2Session session) {
    if (dial != null) {
      Dial done = dial;
      dial = null;
      done.won(session);
    }
  }

  /**
   * Ends the attempt of a session that will not be ready.
   *
   * @return whether the session was one of the dial
   */
  boolean lost(Http2Session session, String why) {
    if (dial == null || !dial.has(session)) {
      return false;
    }
    dial.lost(session, why);
    return true;
  }

  /** Ends the dial under way, if any; no event of it follows. */
  void abandon() {
    if (dial != null) {
      Dial abandoned = dial;
      dial = null;
      abandoned.end();
    }
  }

  /** Ends all dialling. */
  void stop() {
    stopped = true;
    cancelScheduled();
    abandon();
  }

  private void cancelScheduled() {
    if (scheduled != null) {
      scheduled.cancel(false);
      scheduled = null;
    }
  }
}
