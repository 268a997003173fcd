package io.pushfanout.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.pushfanout.tools.LoggedLines;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class AuditLogTest {
  private static final String NOW = "2026-11-22T10:00:00.000Z";

  @RegisterExtension final LoggedLines logged = new LoggedLines(AuditLog.class);

  private final Output output = new Output();
  private long nanos;
  private final AuditLog log =
      new AuditLog(output, InstantSource.fixed(Instant.parse(NOW)), () -> nanos);

  /** An output that takes all bytes or a given number. */
  private static final class Output implements AuditOutput {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;
    private @Nullable Runnable meanwhile;
    private boolean closed;

    @Override
    public void write(ByteBuffer lines) throws IOException {
      if (meanwhile != null) {
        meanwhile.run();
      }
      byte[] some = new byte[Math.min(room, lines.remaining())];
      lines.get(some);
      taken.writeBytes(some);
      room -= some.length;
      if (lines.hasRemaining()) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public void close() {
      closed = true;
    }

    List<JsonObject> lines() {
      return taken.toString(UTF_8).lines().map(JsonObject::new).toList();
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void add(int calls) {
    for (int i = 0; i < calls; i++) {
      log.add(Calls.taken("call-" + i));
    }
  }

  @Test
  void recordsAreWrittenInTheirOrder() {
    add(3000);
    log.write(false);

    assertThat(output.lines())
        .extracting(line -> line.getString("messageId"))
        .hasSize(3000)
        .startsWith("call-0", "call-1")
        .endsWith("call-2999");
    assertThat(log.written()).isEqualTo(3000);
    assertThat(log.leftOut()).isZero();
    assertThat(log.problem()).isEmpty();
  }

  @Test
  void aFullQueueLeavesOutTheNewestAndTheGapHasItsPlaceAndCount() {
    add(AuditQueue.MAX + 5);
    log.write(false);
    log.add(Calls.taken("next"));
    log.write(false);

    assertThat(output.lines()).hasSize(AuditQueue.MAX + 2);
    assertThat(output.lines().get(AuditQueue.MAX))
        .isEqualTo(new JsonObject().put("time", NOW).put("leftOut", 5));
    assertThat(output.lines().getLast().getString("messageId")).isEqualTo("next");
    assertThat(log.leftOut()).isEqualTo(5);
    assertThat(logged.all()).containsExactly("WARN 5 calls have no line in the audit log");
  }

  @Test
  void theGapComesBeforeTheFirstRecordAfterIt() {
    log.add(Calls.taken("before"));
    log.leaveOut();
    log.leaveOut();
    log.add(Calls.taken("after"));
    log.write(false);

    assertThat(output.lines())
        .extracting(line -> line.getString("messageId"), line -> line.getInteger("leftOut"))
        .containsExactly(tuple("before", null), tuple(null, 2), tuple("after", null));
  }

  @Test
  void refusalsLeaveHalfOfTheQueueToBroadcasts() {
    for (int i = 0; i < AuditQueue.MAX; i++) {
      log.add(Calls.refused("flood-" + i));
    }
    add(100);
    log.write(false);

    assertThat(log.leftOut()).isEqualTo(AuditQueue.MAX - AuditQueue.REFUSALS_MAX);
    assertThat(output.lines())
        .filteredOn(line -> "ok".equals(line.getString("outcome")))
        .hasSize(100);
  }

  @Test
  void gapsAreWorthOneLineOfTheLogAMinute() {
    for (int second = 0; second < 70; second++) {
      log.leaveOut();
      log.write(false);
      nanos += Duration.ofSeconds(1).toNanos();
    }

    assertThat(logged.all())
        .containsExactly(
            "WARN 1 calls have no line in the audit log",
            "WARN 60 calls have no line in the audit log");
  }

  @Test
  void anOutputThatIsFullIsAProblemAndContinuesWithinTheLine() {
    add(2);
    output.room = 100;
    log.write(false);
    assertThat(log.problem()).contains("No space left on device");
    assertThat(log.written()).isZero();

    log.add(Calls.taken("later"));
    output.room = Integer.MAX_VALUE;
    log.write(false);
    assertThat(output.taken.size()).as("tried again after a second").isEqualTo(100);
    nanos += AuditLog.AFTER_FAILURE.toNanos();
    log.write(false);

    assertThat(output.lines())
        .extracting(line -> line.getString("messageId"))
        .containsExactly("call-0", "call-1", "later");
    assertThat(log.problem()).isEmpty();
    assertThat(log.written()).isEqualTo(3);
  }

  @Test
  void whileItFailsTheQueueStaysBounded() {
    output.room = 0;
    add(1);
    log.write(false);
    add(2 * AuditQueue.MAX);
    nanos += AuditLog.AFTER_FAILURE.toNanos();
    output.room = Integer.MAX_VALUE;
    log.write(false);

    assertThat(log.leftOut()).isEqualTo(AuditQueue.MAX);
    assertThat(output.lines()).hasSize(1 + AuditQueue.MAX + 1);
    assertThat(output.lines().getLast().getInteger("leftOut")).isEqualTo(AuditQueue.MAX);
  }

  @Test
  void aWriteThatDoesNotEndIsAProblem() {
    add(1);
    Duration[] passed = {Duration.ofSeconds(4), Duration.ofSeconds(1)};
    List<Optional<String>> seen = new ArrayList<>();
    output.meanwhile =
        () -> {
          for (Duration time : passed) {
            nanos += time.toNanos();
            seen.add(log.problem());
          }
        };
    log.write(false);

    assertThat(seen)
        .containsExactly(Optional.empty(), Optional.of("a write has not ended for 5 s"));
    assertThat(log.problem()).isEmpty();
  }

  @Test
  void theWriterWritesByItselfAndTheEndWritesTheRest() {
    log.start();
    add(10);
    log.close();

    assertThat(output.lines()).hasSize(10);
    assertThat(output.closed).isTrue();
    assertThat(logged.all()).isEmpty();
  }

  @Test
  void linesThatAreLostAtTheEndAreReported() {
    output.room = 0;
    add(3);
    log.close();

    assertThat(logged.all()).containsExactly("WARN the audit log ends without its last 3 lines");
    assertThat(output.closed).isTrue();
  }
}
