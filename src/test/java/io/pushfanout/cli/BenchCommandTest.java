package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.pushfanout.bench.BenchOptions;
import io.pushfanout.bench.BenchProgress;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.client.Latency;
import io.pushfanout.client.LoadResult;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tools.Ports;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  @Test
  void withoutOptionsTheLocalServerGetsAThousandSmallBroadcastsASecond() {
    BenchOptions options = read(Map.of());

    assertThat(options.to()).isEqualTo(new NodeAddress("127.0.0.1", 50053));
    assertThat(options.pace().calls()).isEqualTo(10_000);
    assertThat(options.warmupPace().duration()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.connections()).isEqualTo(1);
    assertThat(options.streams()).isFalse();
    assertThat(options.http()).isNull();
    BroadcastMessage message = options.messages().getFirst();
    assertThat(options.messages()).hasSize(1);
    assertThat(message.room()).isNull();
    assertThat(message.target()).isNull();
    assertThat(message.body().size()).isEqualTo(100);
  }

  @Test
  void everyOptionIsTakenFromTheCommandLineOrTheEnvironment() {
    BenchOptions options =
        read(
            Map.of("PUSHFANOUT_RATE", "50", "PUSHFANOUT_HTTP", "http://h:1"),
            "--to=h:2",
            "--duration=2s",
            "--warmup=0s",
            "--size=1Ki",
            "--room=load",
            "--rooms=3",
            "--connections=4",
            "--stream",
            "--target=all");

    assertThat(options.to()).isEqualTo(new NodeAddress("h", 2));
    assertThat(options.pace().calls()).isEqualTo(100);
    assertThat(options.warmup()).isZero();
    assertThat(options.connections()).isEqualTo(4);
    assertThat(options.streams()).isTrue();
    assertThat(String.valueOf(options.http())).isEqualTo("http://h:1");
    assertThat(options.messages())
        .extracting(BroadcastMessage::room)
        .containsExactly("load-1", "load-2", "load-3");
    assertThat(options.messages()).extracting(BroadcastMessage::target).containsOnly("all");
    assertThat(options.messages())
        .extracting(BroadcastMessage::body)
        .extracting(ByteString::size)
        .containsOnly(1024);
  }

  @Test
  void aServerThatIsNotThereIsOneLineAndAFailure() {
    int port = Ports.free();

    assertThat(CommandRun.of("bench", "--to", "127.0.0.1:" + port))
        .isEqualTo(
            new CommandRun(
                1,
                "",
                "pushfanout bench: cannot reach 127.0.0.1:%d: Connection refused\n"
                    .formatted(port)));
    assertThat(CommandRun.of("bench", "--http", "http://127.0.0.1:" + port).err())
        .isEqualTo(
            "pushfanout bench: cannot reach http://127.0.0.1:%d: connection refused\n"
                .formatted(port));
  }

  @Test
  void progressIsShownOnlyOnATerminal() throws Exception {
    LoadResult some = new LoadResult(1, 1, 1, NONE, NONE, NONE, 0, 0, NOTHING);

    assertThat(shown(true, some)).contains("measuring: 1 of 10 s, 1/s").endsWith("\r\u001b[K");
    assertThat(shown(false, some)).isEmpty();
  }

  @Test
  void progressEndsWithItsOutput() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    LoadResult some = new LoadResult(1, 1, 1, NONE, NONE, NONE, 0, 0, NOTHING);
    PrintWriter gone = new PrintWriter(Writer.nullWriter());
    gone.close(); // Later writes fail.
    Console console =
        new Console(Map.of(), InputStream.nullInputStream(), gone, gone, () -> true, () -> true);
    Supplier<LoadResult> result =
        () -> {
          looks.incrementAndGet();
          return some;
        };
    try (var _ =
        new BenchProgress(console.err(), console.watched().getAsBoolean())
            .of("measuring", read(Map.of()).pace(), result)) {
      Thread.sleep(1_500);
    }
    assertThat(looks).hasValue(1);
  }

  private static final SortedMap<String, Long> NONE = new TreeMap<>();
  private static final Latency NOTHING = new Latency(0, 0, 0, 0, 0, 0, 0);

  private static String shown(boolean watched, LoadResult now) throws InterruptedException {
    StringWriter err = new StringWriter();
    Console console =
        new Console(
            Map.of(),
            InputStream.nullInputStream(),
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            () -> watched,
            () -> watched);
    try (var _ =
        new BenchProgress(console.err(), console.watched().getAsBoolean())
            .of("measuring", read(Map.of()).pace(), () -> now)) {
      Thread.sleep(200);
    }
    return err.toString();
  }

  private static BenchOptions read(Map<String, String> environment, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "bench";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return CommandRun.read(BenchCommand.class, environment, all).options();
  }
}
