package io.pushfanout.delivery;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.pushfanout.model.DeliveryMode;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.DeliveryFailure;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The negotiation of a node's {@link TransportMode}: the settings state which mode is wanted, and
 * probes find whether the node supports streaming.
 *
 * <p>A new connection starts a probe, a stream without messages, and the queue is held for its
 * outcome for 500 ms at most. OK means that streaming is supported, and UNIMPLEMENTED that it is
 * not. Any other outcome is inconclusive: the node gets calls, and is probed again. An unsupported
 * node is probed once a minute.
 *
 * <p>Support is disproved when a connection has acknowledged nothing and two of its streams were
 * lost: then the node gets calls. The next probe that ends with OK begins a probation: one message
 * at a time is sent until one is acknowledged, and calls resume after 500 ms. A connection that
 * replaces another begins with the support found on that one. Used on the client's loop only.
 */
final class StreamingNegotiation {
  /**
   * Nanoseconds for which the queue is held at most, for a probe or for the first acknowledgement.
   */
  private static final long HOLD_NANOS = Duration.ofMillis(500).toNanos();

  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long FIRST_PROBE_DELAY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long MAX_PROBE_DELAY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final double PROBE_DELAY_GROWTH = 1.6;

  /** Nanoseconds from disproved support to the next probe: streams after it may cost a message. */
  private static final long FIRST_TRIAL_DELAY_NANOS = MAX_PROBE_DELAY_NANOS;

  private static final long MAX_TRIAL_DELAY_NANOS = Duration.ofHours(1).toNanos();
  private static final double TRIAL_DELAY_GROWTH = 2;
  private static final int LOSSES_TO_DISPROVE = 2;

  private static final String NO_STREAMING =
      "it has no pushfanout.v1.Delivery, which delivery.mode Stream needs, and its queue holds";

  private static final String STREAMS_DOUBTED =
      "it answers that it streams, but acknowledges nothing on its streams; it gets ";

  private enum StreamingSupport {
    /** The first probe has not ended; it may be in flight. */
    UNKNOWN,
    /** A probe ended with OK, or a stream was acknowledged. */
    SUPPORTED,
    /** A probe or a stream ended with UNIMPLEMENTED. */
    UNSUPPORTED,
    /** A probe ended otherwise, or had no answer in time. */
    INCONCLUSIVE,
    /** Probes end with OK, but streams with messages were lost unacknowledged. */
    DISPROVED
  }

  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final Supplier<FanoutSettings> settings;
  private final LongSupplier nanoClock;
  private final Listener listener;
  private StreamingSupport support = StreamingSupport.UNKNOWN;
  private boolean connected;

  /** Whether support was disproved, and no message on a stream was acknowledged since. */
  private boolean probation;

  private boolean acknowledgedHere;

  /** Streams lost since the last acknowledgement. */
  private int losses;

  /** Whether the hold of the queue is over. */
  private boolean holdExpired;

  private @Nullable Future<?> holdTimer;

  /** Number of ended connections: a timer of an earlier one does nothing. */
  private int epoch;

  private @Nullable Probe probe;
  private @Nullable Future<?> nextProbe;
  private long probeDelayNanos = FIRST_PROBE_DELAY_NANOS;
  private long nextProbeAtNanos;
  private long probedAtNanos;

  /** Whether an inconclusive outcome may come from an absent node. */
  private boolean inconclusiveByAbsence;

  /** Text of the node's UNIMPLEMENTED. */
  private String refusal = "";

  private volatile TransportMode mode = TransportMode.PAUSED;
  private volatile @Nullable NodeTrouble trouble;

  /** The receiver of the transport mode. */
  interface Listener {
    /**
     * Sets the transport mode, which is often the same again.
     *
     * @param trial whether to send one message at a time until one is acknowledged
     */
    void onDecided(TransportMode mode, boolean trial);

    /** A probe has ended, or had no answer in time. */
    void onProbeEnded(Evidence evidence);
  }

  StreamingNegotiation(
      NodeConnection connection,
      Supplier<FanoutSettings> settings,
      LongSupplier nanoClock,
      Listener listener) {
    this.connection = connection;
    this.loop = connection.loop();
    this.settings = settings;
    this.nanoClock = nanoClock;
    this.listener = listener;
  }

  /** Returns the transport mode. May be called from any thread. */
  TransportMode mode() {
    return mode;
  }

  /** Returns the trouble with streaming, if any. May be called from any thread. */
  Optional<NodeTrouble> trouble() {
    return Optional.ofNullable(trouble);
  }

  // ---- the connection

  void connected() {
    connected = true;
    if (support == StreamingSupport.INCONCLUSIVE || support == StreamingSupport.UNSUPPORTED) {
      // The node gets calls while the probe is in flight.
      holdExpired = true;
    }
    acknowledgedHere = false;
    if (support == StreamingSupport.SUPPORTED && probation) {
      support = StreamingSupport.DISPROVED;
      nextProbeAtNanos = nanoClock.getAsLong() + probeDelayNanos;
    }
    if (support == StreamingSupport.DISPROVED) {
      probeAt(nextProbeAtNanos);
    } else {
      losses = 0;
      probeDelayNanos = FIRST_PROBE_DELAY_NANOS;
    }
    decide();
  }

  /** Keeps the support found for the connection that replaces this one. */
  void replacing() {
    connected = false;
    endEpoch();
  }

  void disconnected() {
    replacing();
    support = StreamingSupport.UNKNOWN;
    probation = false;
    holdExpired = false;
    refusal = "";
    mode = TransportMode.PAUSED;
    trouble = null;
  }

  private void endEpoch() {
    epoch++;
    probe = null;
    endHold();
    if (nextProbe != null) {
      nextProbe.cancel(false);
      nextProbe = null;
    }
  }

  // ---- outcomes of deliveries

  /** Records messages that were sent on a stream. */
  void onSent() {
    if (probation) {
      startHold();
    }
  }

  void onAcknowledged() {
    if (acknowledgedHere && !probation) {
      return;
    }
    acknowledgedHere = true;
    losses = 0;
    probation = false;
    if (connected) {
      resolve(StreamingSupport.SUPPORTED);
    }
  }

  /**
   * Records the loss of a stream with messages: it was not acknowledged in time, or a reply in the
   * node's place ended it. An absent node causes the same loss, so a node that is present again is
   * probed at once.
   */
  void onLost(Evidence evidence) {
    if (!connected || acknowledgedHere) {
      return;
    }
    losses++;
    if (losses < LOSSES_TO_DISPROVE && !probation) {
      holdExpired = false;
      decide();
      return;
    }
    disprove(evidence == Evidence.ABSENT);
  }

  /**
   * Records a stream that ended without a loss. On probation, after the hold, that disproves
   * support.
   */
  void onUnprocessed(Evidence evidence) {
    if (connected && probation && holdExpired && support == StreamingSupport.SUPPORTED) {
      disprove(evidence == Evidence.ABSENT);
    }
  }

  private void disprove(boolean byAbsence) {
    probation = true;
    inconclusiveByAbsence = byAbsence;
    probeDelayNanos = Math.max(probeDelayNanos, FIRST_TRIAL_DELAY_NANOS);
    probeLater(MAX_TRIAL_DELAY_NANOS, TRIAL_DELAY_GROWTH);
    resolve(StreamingSupport.DISPROVED);
  }

  /** Records a stream that ended with UNIMPLEMENTED. */
  void onUnimplemented(String detail) {
    if (connected) {
      refusal = detail;
      // A proxy without a route answers the same, and may have another node behind it tomorrow.
      probeDelayNanos = MAX_PROBE_DELAY_NANOS;
      probeLater(MAX_PROBE_DELAY_NANOS, PROBE_DELAY_GROWTH);
      resolve(StreamingSupport.UNSUPPORTED);
    }
  }

  /**
   * Records a call that ended with OK. A node that answers calls may be able to answer a probe now.
   */
  void onCallDelivered() {
    if (support == StreamingSupport.INCONCLUSIVE
        && probe == null
        && probeDelayNanos > FIRST_PROBE_DELAY_NANOS
        && nanoClock.getAsLong() - probedAtNanos >= FIRST_PROBE_DELAY_NANOS
        && inconclusiveByAbsence) {
      probeDelayNanos = FIRST_PROBE_DELAY_NANOS;
      startProbe();
    }
  }

  // ---- deciding

  /**
   * Decides on the transport mode again, and reports it. To be called when the settings have
   * changed.
   */
  void decide() {
    if (!connected) {
      return;
    }
    TransportMode decided = decided();
    mode = decided;
    DeliveryMode mode = settings.get().deliveryMode();
    if (mode == DeliveryMode.STREAM && support == StreamingSupport.UNSUPPORTED) {
      String why = refusal.isEmpty() ? "" : ": " + refusal;
      trouble = new NodeTrouble(ProblemReason.NO_STREAMING, NO_STREAMING + why);
    } else if (mode != DeliveryMode.UNARY && support == StreamingSupport.DISPROVED) {
      trouble =
          new NodeTrouble(
              ProblemReason.STREAMS_DOUBTED,
              STREAMS_DOUBTED
                  + (decided == TransportMode.UNARY ? "calls" : "one message at a time"));
    } else {
      trouble = null;
    }
    listener.onDecided(decided, decided == TransportMode.STREAMING && probation);
    if (support != StreamingSupport.SUPPORTED && nextProbe == null) {
      startProbe();
    }
  }

  private TransportMode decided() {
    return switch (settings.get().deliveryMode()) {
      case UNARY -> TransportMode.UNARY;
      case AUTO ->
          switch (support) {
            case UNKNOWN -> holdExpired ? TransportMode.UNARY : TransportMode.PAUSED;
            case SUPPORTED ->
                probation && holdExpired ? TransportMode.UNARY : TransportMode.STREAMING;
            case UNSUPPORTED, INCONCLUSIVE, DISPROVED -> TransportMode.UNARY;
          };
      case STREAM ->
          switch (support) {
            case UNKNOWN -> holdExpired ? TransportMode.STREAMING : TransportMode.PAUSED;
            case UNSUPPORTED -> TransportMode.PAUSED;
            case SUPPORTED, INCONCLUSIVE, DISPROVED -> TransportMode.STREAMING;
          };
    };
  }

  private void resolve(StreamingSupport found) {
    if (found == StreamingSupport.SUPPORTED && support != StreamingSupport.SUPPORTED) {
      holdExpired = false;
    }
    endHold();
    support = found;
    decide();
  }

  /** Starts the hold, which bounds the wait for a probe and for a stream on probation. */
  private void startHold() {
    if (holdTimer == null && !holdExpired) {
      holdTimer = loop.schedule(this::onHoldExpired, HOLD_NANOS, NANOSECONDS);
    }
  }

  private void onHoldExpired() {
    holdTimer = null;
    holdExpired = true;
    decide();
  }

  private void endHold() {
    if (holdTimer != null) {
      holdTimer.cancel(false);
      holdTimer = null;
    }
  }

  // ---- probing

  /** Starts the first probe, if the connection was not available for it before. */
  void probeIfUnknown() {
    if (connected && support == StreamingSupport.UNKNOWN && probe == null) {
      startProbe();
    }
  }

  /** Starts a probe as a sign of the node's presence, where no delivery can be one. */
  void probe() {
    if (probe == null) {
      startProbe();
    }
  }

  /**
   * Records that the node is present again. Probes that an absent node may have caused to fail are
   * repeated now.
   */
  void onPresent() {
    boolean mayHaveChanged =
        support == StreamingSupport.UNSUPPORTED
            || (inconclusiveByAbsence
                && (support == StreamingSupport.INCONCLUSIVE
                    || support == StreamingSupport.DISPROVED));
    if (connected && mayHaveChanged && probe == null) {
      probeDelayNanos = FIRST_PROBE_DELAY_NANOS;
      startProbe();
    }
  }

  private void startProbe() {
    if (!connected || probe != null || settings.get().deliveryMode() == DeliveryMode.UNARY) {
      return;
    }
    if (connection.available()) {
      if (nextProbe != null) {
        nextProbe.cancel(false);
        nextProbe = null;
      }
      probedAtNanos = nanoClock.getAsLong();
      Probe started = new Probe();
      probe = started;
      started.start();
    } else if (support != StreamingSupport.UNKNOWN && nextProbe == null) {
      probeAt(nanoClock.getAsLong() + FIRST_PROBE_DELAY_NANOS);
    }
    if (support == StreamingSupport.UNKNOWN) {
      startHold();
    }
  }

  /** Schedules another probe after a delay, which grows. */
  private void probeLater(long maxNanos, double growth) {
    if (nextProbe == null) {
      probeAt(nanoClock.getAsLong() + probeDelayNanos);
      probeDelayNanos = Math.min((long) (probeDelayNanos * growth), maxNanos);
    }
  }

  private void probeAt(long nanos) {
    nextProbeAtNanos = nanos;
    nextProbe = loop.schedule(this::onProbeTimer, nanos - nanoClock.getAsLong(), NANOSECONDS);
  }

  private void onProbeTimer() {
    nextProbe = null;
    startProbe();
  }

  private final class Probe implements NodeStream.Listener {
    private @Nullable NodeStream stream;
    private @Nullable Future<?> timeout;

    void start() {
      NodeStream opened = connection.openStream(this);
      stream = opened;
      opened.finish();
      connection.flush();
      long nanos = settings.get().rpcTimeout().toNanos();
      timeout = loop.schedule(this::onTimeout, nanos, NANOSECONDS);
    }

    private void onTimeout() {
      if (stream != null) {
        // The reset also ends a leaving connection, which waits for this stream.
        stream.reset();
        connection.flush();
      }
      if (probe == this) {
        inconclusive(true);
        listener.onProbeEnded(Evidence.NONE);
      }
    }

    private void inconclusive(boolean byAbsence) {
      probe = null;
      inconclusiveByAbsence = byAbsence;
      probeLater(MAX_PROBE_DELAY_NANOS, PROBE_DELAY_GROWTH);
      if (support == StreamingSupport.UNKNOWN || support == StreamingSupport.UNSUPPORTED) {
        resolve(StreamingSupport.INCONCLUSIVE);
      }
    }

    private void end() {
      if (timeout != null) {
        timeout.cancel(false);
      }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onAcknowledged(int count, List<DeliveryFailure> failures) {}

    @Override
    public void onEnded(Evidence evidence, StatusCode code, String detail) {
      end();
      if (probe != this) {
        return;
      }
      switch (code) {
        case OK -> {
          probe = null;
          resolve(StreamingSupport.SUPPORTED);
        }
        case UNIMPLEMENTED -> {
          probe = null;
          onUnimplemented(detail);
        }
        default -> inconclusive(evidence != Evidence.PRESENT);
      }
      listener.onProbeEnded(evidence);
    }

    @Override
    public void onUnprocessed(Evidence evidence) {
      end();
      if (probe == this) {
        probe = null;
        int current = epoch;
        var _ =
            loop.schedule(
                () -> {
                  if (epoch == current) {
                    startProbe();
                  }
                },
                REFUSED_PAUSE_NANOS,
                NANOSECONDS);
      }
    }
  }
}
