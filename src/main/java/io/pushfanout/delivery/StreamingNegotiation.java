package io.pushfanout.delivery;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.StatusCode;
import io.pushfanout.queue.TransportMode;
import java.util.Optional;
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
final class StreamingNegotiation implements StreamingProber.Listener {
  private static final int LOSSES_TO_DISPROVE = 2;

  private final NodeConnection connection;
  private final Supplier<FanoutSettings> settings;
  private final Listener listener;
  private final StreamingProber prober;
  private final StreamingHold hold;
  private StreamingSupport support = StreamingSupport.UNKNOWN;
  private boolean connected;

  /** Whether support was disproved, and no message on a stream was acknowledged since. */
  private boolean probation;

  private boolean acknowledgedHere;

  /** Streams lost since the last acknowledgement. */
  private int losses;

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
    this.settings = settings;
    this.listener = listener;
    this.prober = new StreamingProber(connection, nanoClock, this);
    this.hold = new StreamingHold(connection.loop(), this::decide);
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
      hold.setExpired(true);
    }
    acknowledgedHere = false;
    if (support == StreamingSupport.SUPPORTED && probation) {
      support = StreamingSupport.DISPROVED;
      prober.keepDelay();
    }
    if (support == StreamingSupport.DISPROVED) {
      prober.scheduleAgain();
    } else {
      losses = 0;
      prober.resetDelay();
    }
    decide();
  }

  /** Keeps the support found for the connection that replaces this one. */
  void replacing() {
    connected = false;
    prober.endEpoch();
    hold.stop();
  }

  void disconnected() {
    replacing();
    support = StreamingSupport.UNKNOWN;
    probation = false;
    hold.setExpired(false);
    refusal = "";
    mode = TransportMode.PAUSED;
    trouble = null;
  }

  // ---- outcomes of deliveries

  /** Records messages that were sent on a stream. */
  void onSent() {
    if (probation) {
      hold.start();
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
      hold.setExpired(false);
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
    if (connected && probation && hold.isExpired() && support == StreamingSupport.SUPPORTED) {
      disprove(evidence == Evidence.ABSENT);
    }
  }

  private void disprove(boolean byAbsence) {
    probation = true;
    inconclusiveByAbsence = byAbsence;
    prober.scheduleTrial();
    resolve(StreamingSupport.DISPROVED);
  }

  /** Records a stream that ended with UNIMPLEMENTED. */
  void onUnimplemented(String detail) {
    if (connected) {
      refusal = detail;
      // A proxy without a route answers the same, and may have another node behind it tomorrow.
      prober.scheduleRare();
      resolve(StreamingSupport.UNSUPPORTED);
    }
  }

  /**
   * Records a call that ended with OK. A node that answers calls may be able to answer a probe now.
   */
  void onCallDelivered() {
    if (support == StreamingSupport.INCONCLUSIVE
        && !prober.isProbing()
        && prober.mayHurry()
        && inconclusiveByAbsence) {
      prober.resetDelay();
      onProbeDue();
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
    DeliveryMode wanted = settings.get().deliveryMode();
    TransportMode decided = support.modeFor(wanted, hold.isExpired(), probation);
    mode = decided;
    trouble = support.troubleWith(wanted, decided, refusal);
    listener.onDecided(decided, decided == TransportMode.STREAMING && probation);
    if (support != StreamingSupport.SUPPORTED && !prober.isScheduled()) {
      onProbeDue();
    }
  }

  private void resolve(StreamingSupport found) {
    if (found == StreamingSupport.SUPPORTED && support != StreamingSupport.SUPPORTED) {
      hold.setExpired(false);
    }
    hold.stop();
    support = found;
    decide();
  }

  // ---- probing

  /** Starts the first probe, if the connection was not available for it before. */
  void probeIfUnknown() {
    if (connected && support == StreamingSupport.UNKNOWN) {
      onProbeDue();
    }
  }

  /** Starts a probe as a sign of the node's presence, where no delivery can be one. */
  void probe() {
    onProbeDue();
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
    if (connected && mayHaveChanged && !prober.isProbing()) {
      prober.resetDelay();
      onProbeDue();
    }
  }

  /** Starts a probe, if none is under way. */
  @Override
  public void onProbeDue() {
    if (!connected || prober.isProbing() || settings.get().deliveryMode() == DeliveryMode.UNARY) {
      return;
    }
    if (connection.available()) {
      prober.start(settings.get().rpcTimeout().toNanos());
    } else if (support != StreamingSupport.UNKNOWN) {
      prober.scheduleSoon();
    }
    if (support == StreamingSupport.UNKNOWN) {
      hold.start();
    }
  }

  @Override
  public void onProbeEnded(StatusCode code, Evidence evidence, String detail) {
    switch (code) {
      case OK -> resolve(StreamingSupport.SUPPORTED);
      case UNIMPLEMENTED -> onUnimplemented(detail);
      default -> {
        inconclusiveByAbsence = evidence != Evidence.PRESENT;
        prober.scheduleNext();
        if (support == StreamingSupport.UNKNOWN || support == StreamingSupport.UNSUPPORTED) {
          resolve(StreamingSupport.INCONCLUSIVE);
        }
      }
    }
    listener.onProbeEnded(evidence);
  }
}
