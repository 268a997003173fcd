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
 * Which way a node gets its messages: what the settings want, and whether the node streams.
 *
 * <p>A new connection is asked, by a stream with nothing on it, and the queue is held for the
 * answer for 500 ms at most. A stream that ends in good order means yes, UNIMPLEMENTED means no,
 * and after anything else the node gets calls and is asked again, after a no once a minute. A yes
 * is doubted when a connection has acknowledged nothing and two of its streams have come to
 * nothing: then there are calls. The next yes is on probation: one message at a time is sent until
 * one is acknowledged, and calls go on after 500 ms. A connection that takes another's place begins
 * with what was known of that one. On the client's loop only.
 */
final class StreamingNegotiation {
  /** How long the queue is held for an answer, or for the first acknowledgement. */
  private static final long PATIENCE_NANOS = Duration.ofMillis(500).toNanos();

  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long FIRST_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LAST_AGAIN_NANOS = Duration.ofMinutes(1).toNanos();
  private static final double GROWTH = 1.6;

  /** After streams were disproved: the next attempt may cost a message. */
  private static final long FIRST_RETRIAL_NANOS = LAST_AGAIN_NANOS;

  private static final long LAST_RETRIAL_NANOS = Duration.ofHours(1).toNanos();
  private static final double RETRIAL_GROWTH = 2;
  private static final int LOSSES_TO_DOUBT = 2;

  private static final String NO_STREAMING =
      "it has no pushfanout.v1.Delivery, which delivery.mode Stream needs, and its queue holds";

  private static final String DOUBTED =
      "it answers that it streams, but acknowledges nothing on its streams; it gets ";

  private enum Knowledge {
    UNKNOWN,
    STREAMS,
    CALLS_ONLY,
    /** Its answer was neither. */
    UNCLEAR,
    /** Its streams come to nothing. */
    DOUBTED
  }

  private final NodeConnection connection;
  private final ScheduledExecutorService loop;
  private final Supplier<FanoutSettings> settings;
  private final LongSupplier nanoClock;
  private final Listener listener;
  private Knowledge knowledge = Knowledge.UNKNOWN;
  private boolean connected;

  /** Whether streams were doubted, and none was acknowledged since. */
  private boolean probation;

  private boolean acknowledgedHere;

  /** Streams that were lost since one was acknowledged. */
  private int losses;

  /** Whether the queue has been held for long enough. */
  private boolean outOfPatience;

  private @Nullable Future<?> patience;

  /** Counts what makes timers of the past mean nothing. */
  private int era;

  private @Nullable Question question;
  private @Nullable Future<?> again;
  private long againNanos = FIRST_AGAIN_NANOS;
  private long againAtNanos;
  private long askedNanos;

  /** Whether what is unclear may come of a node that is away. */
  private boolean unclearByAbsence;

  /** What the node answered when it said no. */
  private String refusal = "";

  private volatile TransportMode mode = TransportMode.PAUSED;
  private volatile @Nullable NodeTrouble trouble;

  /** Hears the way. */
  interface Listener {
    /**
     * The way, again and again.
     *
     * @param probe whether one message at a time has to show that it works
     */
    void onDecided(TransportMode mode, boolean probe);

    /** The question was answered, or had no answer in time. */
    void onAnswered(Evidence evidence);
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

  /** Any thread may read it. */
  TransportMode mode() {
    return mode;
  }

  /** What is wrong with the way; any thread may read it. */
  Optional<NodeTrouble> trouble() {
    return Optional.ofNullable(trouble);
  }

  // ---- the connection

  void connected() {
    connected = true;
    if (knowledge == Knowledge.UNCLEAR || knowledge == Knowledge.CALLS_ONLY) {
      // It goes on with calls while it is asked.
      outOfPatience = true;
    }
    acknowledgedHere = false;
    if (knowledge == Knowledge.STREAMS && probation) {
      knowledge = Knowledge.DOUBTED;
      againAtNanos = nanoClock.getAsLong() + againNanos;
    }
    if (knowledge == Knowledge.DOUBTED) {
      askAt(againAtNanos);
    } else {
      losses = 0;
      againNanos = FIRST_AGAIN_NANOS;
    }
    decide();
  }

  /** What was known holds for the connection that takes this one's place. */
  void replacing() {
    connected = false;
    endEra();
  }

  void disconnected() {
    replacing();
    knowledge = Knowledge.UNKNOWN;
    probation = false;
    outOfPatience = false;
    refusal = "";
    mode = TransportMode.PAUSED;
    trouble = null;
  }

  private void endEra() {
    era++;
    question = null;
    endPatience();
    if (again != null) {
      again.cancel(false);
      again = null;
    }
  }

  // ---- what deliveries show

  /** Messages were sent on a stream. */
  void onSent() {
    if (probation) {
      runPatience();
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
      know(Knowledge.STREAMS);
    }
  }

  /**
   * A stream with messages was not acknowledged in time, or something ended it in the node's place.
   * A node that is away brings about the same; so it is asked at once when it is back.
   */
  void onLost(Evidence evidence) {
    if (!connected || acknowledgedHere) {
      return;
    }
    losses++;
    if (losses < LOSSES_TO_DOUBT && !probation) {
      outOfPatience = false;
      decide();
      return;
    }
    doubt(evidence == Evidence.ABSENT);
  }

  /** A stream has ended, and nothing was lost with it: on probation it has shown nothing. */
  void onUnprocessed(Evidence evidence) {
    if (connected && probation && outOfPatience && knowledge == Knowledge.STREAMS) {
      doubt(evidence == Evidence.ABSENT);
    }
  }

  private void doubt(boolean byAbsence) {
    probation = true;
    unclearByAbsence = byAbsence;
    againNanos = Math.max(againNanos, FIRST_RETRIAL_NANOS);
    askLater(LAST_RETRIAL_NANOS, RETRIAL_GROWTH);
    know(Knowledge.DOUBTED);
  }

  /** A stream was answered with UNIMPLEMENTED. */
  void refused(String detail) {
    if (connected) {
      refusal = detail;
      // A proxy without a route answers the same, and behind one the node may be another tomorrow.
      againNanos = LAST_AGAIN_NANOS;
      askLater(LAST_AGAIN_NANOS, GROWTH);
      know(Knowledge.CALLS_ONLY);
    }
  }

  /** A call was answered OK. Whoever could not answer the question may be able to now. */
  void onCallDelivered() {
    if (knowledge == Knowledge.UNCLEAR
        && question == null
        && againNanos > FIRST_AGAIN_NANOS
        && nanoClock.getAsLong() - askedNanos >= FIRST_AGAIN_NANOS
        && unclearByAbsence) {
      againNanos = FIRST_AGAIN_NANOS;
      askIfWanted();
    }
  }

  // ---- deciding

  /** To be called when the settings have changed. */
  void decide() {
    if (!connected) {
      return;
    }
    TransportMode decided = decided();
    mode = decided;
    DeliveryMode mode = settings.get().deliveryMode();
    if (mode == DeliveryMode.STREAM && knowledge == Knowledge.CALLS_ONLY) {
      String why = refusal.isEmpty() ? "" : ": " + refusal;
      trouble = new NodeTrouble(ProblemReason.NO_STREAMING, NO_STREAMING + why);
    } else if (mode != DeliveryMode.UNARY && knowledge == Knowledge.DOUBTED) {
      trouble =
          new NodeTrouble(
              ProblemReason.STREAMS_DOUBTED,
              DOUBTED + (decided == TransportMode.UNARY ? "calls" : "one message at a time"));
    } else {
      trouble = null;
    }
    listener.onDecided(decided, decided == TransportMode.STREAMING && probation);
    if (knowledge != Knowledge.STREAMS && again == null) {
      askIfWanted();
    }
  }

  private TransportMode decided() {
    return switch (settings.get().deliveryMode()) {
      case UNARY -> TransportMode.UNARY;
      case AUTO ->
          switch (knowledge) {
            case UNKNOWN -> outOfPatience ? TransportMode.UNARY : TransportMode.PAUSED;
            case STREAMS ->
                probation && outOfPatience ? TransportMode.UNARY : TransportMode.STREAMING;
            case CALLS_ONLY, UNCLEAR, DOUBTED -> TransportMode.UNARY;
          };
      case STREAM ->
          switch (knowledge) {
            case UNKNOWN -> outOfPatience ? TransportMode.STREAMING : TransportMode.PAUSED;
            case CALLS_ONLY -> TransportMode.PAUSED;
            case STREAMS, UNCLEAR, DOUBTED -> TransportMode.STREAMING;
          };
    };
  }

  private void know(Knowledge known) {
    if (known == Knowledge.STREAMS && knowledge != Knowledge.STREAMS) {
      outOfPatience = false;
    }
    endPatience();
    knowledge = known;
    decide();
  }

  /** Neither an answer that does not come nor a stream on probation holds the queue for long. */
  private void runPatience() {
    if (patience == null && !outOfPatience) {
      patience = loop.schedule(this::onOutOfPatience, PATIENCE_NANOS, NANOSECONDS);
    }
  }

  private void onOutOfPatience() {
    patience = null;
    outOfPatience = true;
    decide();
  }

  private void endPatience() {
    if (patience != null) {
      patience.cancel(false);
      patience = null;
    }
  }

  // ---- asking

  /** Asks if that could not be done before. */
  void askIfOwed() {
    if (connected && knowledge == Knowledge.UNKNOWN && question == null) {
      askIfWanted();
    }
  }

  /** Asks for a sign of the node, where no delivery can be one. */
  void probe() {
    if (question == null) {
      askIfWanted();
    }
  }

  /** The node is there again: what it could not answer it may answer now. */
  void onPresent() {
    boolean unclear =
        knowledge == Knowledge.CALLS_ONLY
            || (unclearByAbsence
                && (knowledge == Knowledge.UNCLEAR || knowledge == Knowledge.DOUBTED));
    if (connected && unclear && question == null) {
      againNanos = FIRST_AGAIN_NANOS;
      askIfWanted();
    }
  }

  private void askIfWanted() {
    if (!connected || question != null || settings.get().deliveryMode() == DeliveryMode.UNARY) {
      return;
    }
    if (connection.available()) {
      if (again != null) {
        again.cancel(false);
        again = null;
      }
      askedNanos = nanoClock.getAsLong();
      Question asked = new Question();
      question = asked;
      asked.ask();
    } else if (knowledge != Knowledge.UNKNOWN && again == null) {
      askAt(nanoClock.getAsLong() + FIRST_AGAIN_NANOS);
    }
    if (knowledge == Knowledge.UNKNOWN) {
      runPatience();
    }
  }

  /** Asks again after a while, which grows. */
  private void askLater(long mostNanos, double growth) {
    if (again == null) {
      askAt(nanoClock.getAsLong() + againNanos);
      againNanos = Math.min((long) (againNanos * growth), mostNanos);
    }
  }

  private void askAt(long nanos) {
    againAtNanos = nanos;
    again = loop.schedule(this::askAgain, nanos - nanoClock.getAsLong(), NANOSECONDS);
  }

  private void askAgain() {
    again = null;
    askIfWanted();
  }

  private final class Question implements NodeStream.Listener {
    private @Nullable NodeStream stream;
    private @Nullable Future<?> timeout;

    void ask() {
      NodeStream opened = connection.openStream(this);
      stream = opened;
      opened.finish();
      connection.flush();
      long nanos = settings.get().rpcTimeout().toNanos();
      timeout = loop.schedule(this::giveUp, nanos, NANOSECONDS);
    }

    private void giveUp() {
      if (stream != null) {
        // On a connection that is leaving too: it waits for this answer else.
        stream.reset();
        connection.flush();
      }
      if (question == this) {
        unclear(true);
        listener.onAnswered(Evidence.NONE);
      }
    }

    private void unclear(boolean byAbsence) {
      question = null;
      unclearByAbsence = byAbsence;
      askLater(LAST_AGAIN_NANOS, GROWTH);
      if (knowledge == Knowledge.UNKNOWN || knowledge == Knowledge.CALLS_ONLY) {
        know(Knowledge.UNCLEAR);
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
      if (question != this) {
        return;
      }
      switch (code) {
        case OK -> {
          question = null;
          know(Knowledge.STREAMS);
        }
        case UNIMPLEMENTED -> {
          question = null;
          refused(detail);
        }
        default -> unclear(evidence != Evidence.PRESENT);
      }
      listener.onAnswered(evidence);
    }

    @Override
    public void onUnprocessed(Evidence evidence) {
      end();
      if (question == this) {
        question = null;
        int now = era;
        var _ =
            loop.schedule(
                () -> {
                  if (era == now) {
                    askIfWanted();
                  }
                },
                REFUSED_PAUSE_NANOS,
                NANOSECONDS);
      }
    }
  }
}
