package io.pushfanout.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedRenderingTest {
  private final Vertx vertx = Vertx.vertx();
  private final WorkerExecutor workers = vertx.createSharedWorkerExecutor("test", 2);
  private final AtomicInteger begun = new AtomicInteger();
  private final Semaphore mayEnd = new Semaphore(0);
  private final SharedRendering rendering = new SharedRendering(vertx, workers, this::render);

  @AfterEach
  void stop() throws Exception {
    mayEnd.release(1000);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Answer render() throws Exception {
    int number = begun.incrementAndGet();
    mayEnd.acquire();
    if (number == 3) {
      throw new IllegalStateException("broken");
    }
    return Answer.line(200, "rendering " + number);
  }

  private CompletableFuture<Answer> ask() {
    return rendering.answer().toCompletableFuture();
  }

  private void awaitBegun(int number) {
    while (begun.get() < number) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aThousandRequestsCostTwoRenderingsAndNoneIsOlderThanItsRequest() throws Exception {
    CompletableFuture<Answer> first = ask();
    awaitBegun(1);
    List<CompletableFuture<Answer>> others = Stream.generate(this::ask).limit(1000).toList();

    mayEnd.release();
    assertThat(first.get()).isEqualTo(Answer.line(200, "rendering 1"));
    mayEnd.release();
    for (CompletableFuture<Answer> other : others) {
      assertThat(other.get()).isEqualTo(Answer.line(200, "rendering 2"));
      assertThat(other.get()).as("its bytes are shared").isSameAs(others.getFirst().get());
    }
    assertThat(begun).hasValue(2);
  }

  @Test
  void aRenderingThatFailsFailsForItsRequestsAlone() throws Exception {
    mayEnd.release(4);
    ask().get();
    ask().get();

    assertThatThrownBy(() -> ask().get())
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("broken");
    assertThat(ask().get()).isEqualTo(Answer.line(200, "rendering 4"));
  }

  @Test
  void requestsAfterTheCloseFail() throws Exception {
    workers.close().await(10, TimeUnit.SECONDS);

    assertThat(ask()).failsWithin(10, TimeUnit.SECONDS);
  }
}
