package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.Problem;
import io.pushfanout.model.ProblemReason;
import io.pushfanout.queue.MemoryShare;
import io.pushfanout.text.QuantityFormat;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor of one fanout's {@link MemoryShare}, which is checked a few times a second. It sheds
 * messages, and reports a problem and a line of the log. On the applier's thread only.
 */
final class ShareMonitor {
  private static final Logger log = LoggerFactory.getLogger(MemoryMonitor.class);
  private static final long LOG_EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  /** Nanoseconds for which the problem stays after its last sign. */
  static final long PROBLEM_NANOS = Duration.ofSeconds(5).toNanos();

  private static final Problem PROBLEM =
      new Problem(
          "",
          ProblemReason.MEMORY_SHORT,
          "the fanout's messages have their share of --memory-budget: its new broadcasts are"
              + " refused, and its fullest nodes lose their oldest messages");

  private final FanoutName fanout;
  private final MemoryShare share;
  private final long limit;
  private final LoadShedder shedder;
  private long seenRefusals;
  private long lastSeen;
  private long loggedNanos;
  private long loggedShed;
  private long loggedRefusals;

  /**
   * @param limit bytes of the whole budget
   */
  ShareMonitor(FanoutName fanout, MemoryShare share, long limit, long nowNanos) {
    this.fanout = fanout;
    this.share = share;
    this.limit = limit;
    this.shedder = new LoadShedder(share, nowNanos);
    this.lastSeen = nowNanos - PROBLEM_NANOS;
    this.loggedNanos = nowNanos - LOG_EVERY_NANOS;
  }

  /**
   * Checks the share, and sheds messages if it is used up.
   *
   * @param clients the fanout's clients
   * @param atMost maximum number of messages to shed
   * @return number of messages that were shed
   */
  int check(Collection<BroadcastClient> clients, int atMost, long nowNanos) {
    int shed = shedder.check(clients, atMost, nowNanos);
    long refusals = share.refusals();
    if (shedder.isOver() || refusals > seenRefusals) {
      lastSeen = nowNanos;
      log(nowNanos);
    }
    seenRefusals = refusals;
    return shed;
  }

  boolean isUnfinished() {
    return shedder.isUnfinished();
  }

  List<Problem> problems(long nowNanos) {
    return nowNanos - lastSeen < PROBLEM_NANOS ? List.of(PROBLEM) : List.of();
  }

  private void log(long nowNanos) {
    long refusals = share.refusals() - loggedRefusals;
    long shed = shedder.shed() - loggedShed;
    if (nowNanos - loggedNanos < LOG_EVERY_NANOS || refusals + shed == 0) {
      return;
    }
    log.warn(
        "fanout {} holds {} KiB of --memory-budget {}, its share: {} broadcasts refused, {} messages"
            + " shed since the last such line",
        fanout,
        share.held() >> 10,
        QuantityFormat.format(limit),
        refusals,
        shed);
    loggedNanos = nowNanos;
    loggedRefusals += refusals;
    loggedShed += shed;
  }
}
