package io.pushfanout.bench;

import com.google.protobuf.ByteString;
import io.pushfanout.client.ArrivalSchedule;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.client.ClientTls;
import io.pushfanout.client.ServerUrl;
import io.pushfanout.client.TokenCredentials;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.UsageException;
import io.pushfanout.text.DurationFormat;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The options of a load on a running server.
 *
 * @param to the fan-out server
 * @param tls the TLS settings of connections to the server; null: plaintext
 * @param rate broadcasts a second
 * @param duration the time of the measured load
 * @param warmup the time of the same load before that
 * @param size the size of a message's body in bytes
 * @param room the room that gets the messages; null: every user, unless {@code rooms} is positive
 * @param rooms the number of rooms that take turns; 0: {@code room} alone
 * @param connections the number of connections to the server
 * @param streams whether each connection has a stream in place of unary calls
 * @param target {@code all} or a fanout's name; null: the server's default
 * @param token the token of each call; null: none
 * @param http the URL of the server's status; null: the ledgers are not read
 */
public record BenchOptions(
    NodeAddress to,
    @Nullable ClientTls tls,
    int rate,
    Duration duration,
    Duration warmup,
    long size,
    @Nullable String room,
    int rooms,
    int connections,
    boolean streams,
    @Nullable String target,
    @Nullable TokenCredentials token,
    @Nullable ServerUrl http) {
  static final int RATE_MAX = 1_000_000;
  static final int ROOMS_MAX = 100_000;
  static final int CONNECTIONS_MAX = 1000;
  private static final Duration DURATION_MIN = Duration.ofMillis(100);
  private static final Duration DURATION_MAX = Duration.ofHours(24);
  private static final Duration WARMUP_MAX = Duration.ofMinutes(10);
  private static final String TEXT = "pushfanout bench ";

  /**
   * @throws UsageException names the flag of an invalid value
   */
  public BenchOptions {
    require("--rate", rate, 1, RATE_MAX);
    require("--connections", connections, 1, CONNECTIONS_MAX);
    require("--rooms", rooms, 0, ROOMS_MAX);
    require("--duration", duration, DURATION_MIN, DURATION_MAX);
    require("--warmup", warmup, Duration.ZERO, WARMUP_MAX);
    if (size > Bounds.MESSAGE_BYTES_MAX) {
      throw new UsageException(
          "--size", "no server takes more than " + QuantityFormat.format(Bounds.MESSAGE_BYTES_MAX));
    }
    if (room != null && room.isEmpty()) {
      throw new UsageException("--room", "must not be empty; leave it out to reach every user");
    }
    if (Math.round(rate * duration.toNanos() / 1e9) < 1) {
      throw new UsageException(
          "--duration",
          "no broadcast is due in %s at %d/s".formatted(DurationFormat.format(duration), rate));
    }
  }

  private static void require(String flag, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UsageException(flag, "must be from %d to %d, is %d".formatted(least, most, value));
    }
  }

  private static void require(String flag, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new UsageException(
          flag,
          "must be from %s to %s, is %s"
              .formatted(
                  DurationFormat.format(least),
                  DurationFormat.format(most),
                  DurationFormat.format(value)));
    }
  }

  public ArrivalSchedule warmupPace() {
    return new ArrivalSchedule(rate, warmup);
  }

  public ArrivalSchedule pace() {
    return new ArrivalSchedule(rate, duration);
  }

  /** Returns one message for each room, or one without rooms. */
  public List<BroadcastMessage> messages() {
    ByteString body = ByteString.copyFromUtf8(TEXT.repeat((int) size / TEXT.length() + 1));
    ByteString sized = body.substring(0, (int) size);
    if (rooms == 0) {
      return List.of(new BroadcastMessage(room, 0, sized, target));
    }
    String prefix = room == null ? "bench" : room;
    return IntStream.rangeClosed(1, rooms)
        .mapToObj(i -> new BroadcastMessage(prefix + "-" + i, 0, sized, target))
        .toList();
  }
}
