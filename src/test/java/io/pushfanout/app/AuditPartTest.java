package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pushfanout.management.Metrics;
import io.pushfanout.options.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditPartTest {
  @TempDir private Path dir;
  private final ShutdownSequence stopOrder = new ShutdownSequence();
  private final Metrics metrics = new Metrics("1");

  @AfterEach
  void stop() {
    stopOrder.stopAll();
    metrics.close();
  }

  @Test
  void withoutAPathThereIsNoLog() {
    AuditPart audit = AuditPart.start(null, metrics, stopOrder);

    assertThat(audit.sink()).isNull();
    assertThat(audit.problems()).isEmpty();
  }

  @Test
  void theFileIsThereFromTheStart() {
    AuditPart audit = AuditPart.start(dir.resolve("audit.jsonl"), metrics, stopOrder);

    assertThat(audit.sink()).isNotNull();
    assertThat(audit.problems()).isEmpty();
    assertThat(Files.exists(dir.resolve("audit.jsonl"))).isTrue();
  }

  @Test
  void aFileThatCannotBeOpenedIsAUsageError() {
    assertThatThrownBy(() -> AuditPart.start(dir, metrics, stopOrder))
        .isInstanceOf(UsageException.class)
        .hasMessage("--audit-log: cannot be written to: is not a regular file");
  }
}
