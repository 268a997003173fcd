package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dials of a connection, on a clock and a network that the test turns by hand. */
class DialTest {
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final int GOAWAY = 7;

  private final MockTicker clock = Ticker.newMockTicker();

  /** Channel for its loop, which has the time of the clock. */
  private final EmbeddedChannel carrier = EmbeddedChannel.builder().ticker(clock).build();

  private final EventLoop loop = carrier.eventLoop();
  private final List<String> heard = new ArrayList<>();
  private final List<NameResolver.Answer> lookUps = new ArrayList<>();
  private final List<Attempt> attempts = new ArrayList<>();
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  private record Attempt(
      InetSocketAddress address, ChannelHandler handler, Opener.Outcome outcome) {}

  private final NameResolver byHand = (_, _, _, _, answer) -> lookUps.add(answer);
  private final Opener openedByHand =
      (address, _, handler, outcome) -> attempts.add(new Attempt(address, handler, outcome));

  private NodeConnection open(NameResolver resolver, Opener opener) {
    NodeConnection connection =
        new ReconnectingConnection(
            new NodeAddress("node.example", 50052),
            () -> "party",
            loop,
            new Dial.Network(resolver, opener),
            NettyConnector.Options.DEFAULT,
            TlsProfiles.NONE,
            TlsChoice.PLAINTEXT,
            new Ear());
    connection.start();
    return connection;
  }

  private EmbeddedChannel channel(ChannelHandler handler) {
    EmbeddedChannel channel = new EmbeddedChannel(handler);
    channels.add(channel);
    return channel;
  }

  /** Releases buffers that were written into the channels, which have no other owner. */
  @AfterEach
  void releaseAll() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    carrier.finishAndReleaseAll();
  }

  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 10) {
      clock.advance(Math.min(left, 10), TimeUnit.MILLISECONDS);
      carrier.runScheduledPendingTasks();
      carrier.runPendingTasks();
    }
  }

  private static List<InetAddress> addresses(int... last) {
    return Arrays.stream(last).mapToObj(one -> InetAddresses.forString("10.0.0." + one)).toList();
  }

  /** Accepts an attempt as its node, and announces that the node takes calls. */
  private EmbeddedChannel connect(int attempt) {
    EmbeddedChannel channel = channel(attempts.get(attempt).handler());
    attempts.get(attempt).outcome().opened();
    channel.writeInbound(channel.alloc().buffer().writeBytes(SETTINGS));
    return channel;
  }

  @Test
  void theFirstThatIsReadyWinsAndTheOthersAreClosed() {
    open(byHand, openedByHand);
    lookUps.get(0).found(addresses(1, 2));
    EmbeddedChannel silent = channel(attempts.get(0).handler());
    pass(DialRace.ATTEMPT_DELAY);
    EmbeddedChannel winner = connect(1);
    assertThat(heard).containsExactly("connected");
    assertThat(silent.isOpen()).isFalse();
    assertThat(winner.isOpen()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(attempts).hasSize(2);
    assertThat(heard).hasSize(1);
  }

  @Test
  void theLastGoodAddressComesFirstAfterALoss() {
    open(byHand, openedByHand);
    lookUps.get(0).found(addresses(1, 2));
    pass(DialRace.ATTEMPT_DELAY);
    connect(1).close();
    pass(Duration.ofSeconds(1));
    lookUps.get(1).found(addresses(1, 2));
    assertThat(attempts.get(2).address().getAddress()).isEqualTo(addresses(2).getFirst());
  }

  @Test
  void newsDuringALookUpThatHangsStartsAnother() {
    NodeConnection connection = open(byHand, openedByHand);
    pass(Duration.ofSeconds(1));
    connection.reconnectNow();
    assertThat(lookUps).hasSize(2);
    lookUps.get(1).found(addresses(1));
    connect(0);
    assertThat(heard).containsExactly("connected");
  }

  @Test
  void newsDuringAnAttemptThatHangsStartsAnother() {
    NodeConnection connection = open(byHand, openedByHand);
    lookUps.get(0).found(addresses(1));
    pass(Duration.ofMillis(900));
    connection.reconnectNow();
    lookUps.get(1).found(addresses(1));
    assertThat(attempts).hasSize(2);
    connect(1);
    assertThat(heard).containsExactly("connected");
  }

  @Test
  void aDialThatHangsFailsAfterItsTimeoutOnTheLoopsClock() {
    open(byHand, openedByHand);
    lookUps.get(0).found(addresses(1));
    EmbeddedChannel silent = channel(attempts.get(0).handler());
    pass(Duration.ofMillis(9990));
    assertThat(heard).isEmpty();
    pass(Duration.ofMillis(20));
    assertThat(heard).containsExactly("disconnected: no connection within 10000 ms");
    assertThat(silent.isOpen()).isFalse();
  }

  @Test
  void aClosedConnectionHearsNoAnswerAndStartsNothing() {
    NodeConnection connection = open(byHand, openedByHand);
    connection.close();
    lookUps.get(0).found(addresses(1));
    pass(Duration.ofMinutes(1));
    assertThat(attempts).isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void noThreadForALookUpIsAFailedDialAndTheNextOneConnects() {
    var exhausted =
        new Object() {
          boolean now = true;
        };
    LookUps names =
        new LookUps(
            _ -> addresses(1).toArray(InetAddress[]::new),
            task -> {
              if (exhausted.now) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              task.run();
            },
            clock::nanoTime);
    open(new SystemNameResolver(names), openedByHand);
    pass(Duration.ofSeconds(5));
    assertThat(heard)
        .hasSizeBetween(4, 12)
        .allMatch(
            line ->
                line.equals(
                    "disconnected: cannot look up node.example: unable to create native thread"));
    exhausted.now = false;
    pass(Duration.ofMillis(1300));
    connect(0);
    assertThat(heard).last().isEqualTo("connected");
  }

  @Test
  void anErrorOfTheResolverItselfIsAFailedDial() {
    open(
        (_, _, _, _, _) -> {
          throw new OutOfMemoryError("Cannot reserve direct buffer memory");
        },
        openedByHand);
    assertThat(heard)
        .containsExactly("disconnected: cannot dial: Cannot reserve direct buffer memory");
    pass(Duration.ofSeconds(2));
    assertThat(heard).as("the next steps of the backoff dial again").hasSizeGreaterThan(2);
  }

  @Test
  void anErrorOfAnAttemptLeavesTheOtherAddresses() {
    open(
        byHand,
        (address, loop, handler, outcome) -> {
          if (address.getAddress().equals(addresses(1).getFirst())) {
            throw new IllegalStateException("event executor terminated");
          }
          openedByHand.open(address, loop, handler, outcome);
        });
    lookUps.get(0).found(addresses(1, 2));
    connect(0);
    assertThat(heard).containsExactly("connected");
  }

  @Test
  void nodeThatEndsAConnectionInGoodOrderIsDialledAtOnce() {
    goAwayAfterService(Http2Error.NO_ERROR);
    pass(Duration.ofMillis(10));
    assertThat(lookUps).hasSize(2);
  }

  @Test
  void nodeThatComplainsIsDialledAfterAPause() {
    goAwayAfterService(Http2Error.ENHANCE_YOUR_CALM);
    // The first pause is 100 ms, give or take 20 %.
    pass(Duration.ofMillis(70));
    assertThat(lookUps).hasSize(1);
    pass(Duration.ofMillis(60));
    assertThat(lookUps).hasSize(2);
  }

  /** A connection that ends sooner is followed by a pause, for any reason of its end. */
  private void goAwayAfterService(Http2Error error) {
    open(byHand, openedByHand);
    lookUps.get(0).found(addresses(1));
    EmbeddedChannel channel = connect(0);
    pass(Duration.ofNanos(Backoff.MAX_NANOS).plusMillis(50));
    channel.writeInbound(
        channel
            .alloc()
            .buffer()
            .writeMedium(8)
            .writeByte(GOAWAY)
            .writeByte(0)
            .writeInt(0)
            .writeInt(Integer.MAX_VALUE)
            .writeInt((int) error.code()));
  }

  private final class Ear implements NodeConnection.Listener {
    @Override
    public void onConnected(int concurrency) {
      heard.add("connected");
    }

    @Override
    public void onConcurrency(int concurrency) {}

    @Override
    public void onDisconnected(String why, boolean orderly) {
      heard.add("disconnected: " + why);
    }

    @Override
    public void onNotDialled(String why) {
      heard.add("not dialled: " + why);
    }

    @Override
    public void onAvailable() {}

    @Override
    public void onRoutingLoop() {}

    @Override
    public void onCompleted(
        QueuedMessage message, Evidence evidence, StatusCode code, String detail) {}

    @Override
    public void onUnprocessed(QueuedMessage message, Evidence evidence) {}
  }
}
