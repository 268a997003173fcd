package io.pushfanout.fanout;

import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which way a node gets its messages: what the settings want, and whether the node streams. It is
 * asked once for each connection, before any message, by a stream with nothing on it. Who ends it
 * in good order streams, and who does not know the method says UNIMPLEMENTED. From anything else
 * nothing follows: a simple node may answer whatever is asked with the reply to a broadcast. With
 * {@code Auto} it then gets calls, which every node takes. On the client's loop only.
 */
final class DeliveryWay {
  private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private static final String NO_STREAMING =
      "it has no pushfanout.v1.Delivery, which delivery.mode Stream needs, and its queue holds";

  private enum Knowledge {
    UNKNOWN,
    ASKED,
    STREAMS,
    CALLS_ONLY,
    /** It said neither. */
    UNCLEAR
  }

  private final NodeConnection connection;
  private final Supplier<FanoutSettings> settings;
  private final Consumer<Way> onDecided;
  private Knowledge knowledge = Knowledge.UNKNOWN;
  private boolean connected;

  /** What the node said when it said no. */
  private String refusal = "";

  private @Nullable Question question;

  /** Why the node cannot be delivered to, for people; empty where that is not so. */
  private volatile String problem = "";

  /**
   * @param onDecided told the way, again and again
   */
  DeliveryWay(
      NodeConnection connection, Supplier<FanoutSettings> settings, Consumer<Way> onDecided) {
    this.connection = connection;
    this.settings = settings;
    this.onDecided = onDecided;
  }

  /** Any thread may ask. */
  String problem() {
    return problem;
  }

  void connected() {
    connected = true;
    forget();
    decide();
  }

  void disconnected() {
    connected = false;
    forget();
  }

  private void forget() {
    knowledge = Knowledge.UNKNOWN;
    question = null;
    problem = "";
  }

  /** A stream was answered with UNIMPLEMENTED. */
  void refused(String detail) {
    if (connected) {
      answered(Knowledge.CALLS_ONLY, detail);
    }
  }

  /** Asks if that could not be done before. */
  void askIfOwed() {
    if (connected && knowledge == Knowledge.UNKNOWN && way() == Way.HELD) {
      decide();
    }
  }

  /** To be called when the settings have changed. */
  void decide() {
    if (connected) {
      Way way = way();
      if (way == Way.HELD && knowledge == Knowledge.UNKNOWN) {
        ask();
      }
      boolean lacks = way == Way.HELD && knowledge == Knowledge.CALLS_ONLY;
      problem = lacks ? NO_STREAMING + (refusal.isEmpty() ? "" : ": " + refusal) : "";
      onDecided.accept(way);
    }
  }

  private Way way() {
    return switch (settings.get().deliveryMode()) {
      case UNARY -> Way.CALLS;
      case AUTO ->
          switch (knowledge) {
            case UNKNOWN, ASKED -> Way.HELD;
            case STREAMS -> Way.STREAMS;
            case CALLS_ONLY, UNCLEAR -> Way.CALLS;
          };
      case STREAM ->
          switch (knowledge) {
            case UNKNOWN, ASKED, CALLS_ONLY -> Way.HELD;
            case STREAMS, UNCLEAR -> Way.STREAMS;
          };
    };
  }

  private void ask() {
    if (connection.available()) {
      knowledge = Knowledge.ASKED;
      Question asked = new Question();
      question = asked;
      asked.ask();
    }
  }

  private void answered(Knowledge answer, String detail) {
    question = null;
    knowledge = answer;
    refusal = detail;
    decide();
  }

  private final class Question implements NodeStream.Listener {
    private @Nullable NodeStream stream;
    private @Nullable Future<?> timer;

    void ask() {
      NodeStream opened = connection.openStream(this);
      stream = opened;
      opened.finish();
      connection.flush();
      long timeout = settings.get().rpcTimeout().toNanos();
      timer = connection.loop().schedule(this::giveUp, timeout, TimeUnit.NANOSECONDS);
    }

    /** It has ended: the time that it had is nobody's any more. */
    private void stopTimer() {
      if (timer != null) {
        timer.cancel(false);
        timer = null;
      }
    }

    private void giveUp() {
      if (stream != null) {
        // On a connection that is leaving too: it waits for this answer else.
        stream.reset();
        connection.flush();
      }
      if (question == this) {
        answered(Knowledge.UNCLEAR, "");
      }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onAcknowledged(int count, List<NodeStream.Failure> failures) {}

    @Override
    public void onEnded(StatusCode code, String detail) {
      stopTimer();
      if (question == this) {
        answered(
            switch (code) {
              case OK -> Knowledge.STREAMS;
              case UNIMPLEMENTED -> Knowledge.CALLS_ONLY;
              default -> Knowledge.UNCLEAR;
            },
            detail);
      }
    }

    @Override
    public void onUnprocessed() {
      stopTimer();
      if (question == this) {
        forget();
        connection
            .loop()
            .schedule(DeliveryWay.this::askIfOwed, REFUSED_PAUSE_NANOS, TimeUnit.NANOSECONDS);
      }
    }
  }
}
