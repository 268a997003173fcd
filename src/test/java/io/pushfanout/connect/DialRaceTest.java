package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import io.pushfanout.connect.DialStep.Cancel;
import io.pushfanout.connect.DialStep.GiveUp;
import io.pushfanout.connect.DialStep.LookUp;
import io.pushfanout.connect.DialStep.Start;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps of a dial, as tables. A line is a time in ms and an event, or, after {@code =}, a step
 * that follows; a, b, c are IPv4 addresses, A, B, C are IPv6.
 */
class DialRaceTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final long START = Long.MAX_VALUE - 1_000_000_000L; // The clock wraps on the way.

  static List<Named<String>> tables() {
    return List.of(
        Named.of(
            "one address that answers",
            """
            0 begin
            = 0 look up
            3 found a
            = 3 start 1 a
            9 opened 1
            20 ready 1
            9999 nothing
            """),
        Named.of(
            "one address that refuses",
            """
            0 begin
            = 0 look up
            3 found a
            = 3 start 1 a
            5 failed 1 refused
            = 5 give up: refused
            9999 nothing
            """),
        Named.of(
            "a name that is not known",
            """
            0 begin
            = 0 look up
            3 notFound unknown
            = 3 give up: unknown
            """),
        Named.of(
            "the first swallows, the second wins, the first is closed",
            """
            0 begin
            = 0 look up
            0 found a b
            = 0 start 1 a
            = 250 start 2 b
            255 opened 2
            260 ready 2
            """),
        Named.of(
            "when one fails the next starts at once",
            """
            0 begin
            = 0 look up
            0 found a b c
            = 0 start 1 a
            10 failed 1 refused
            = 10 start 2 b
            20 failed 2 refused
            = 20 start 3 c
            30 failed 3 unreachable
            = 30 give up: refused (and 2 more)
            """),
        Named.of(
            "families take turns",
            """
            0 begin
            = 0 look up
            0 found A B C a b
            = 0 start 1 A
            = 250 start 2 a
            = 500 start 3 B
            = 750 start 4 b
            = 1000 start 5 C
            = 1000 look up
            1100 ready 4
            """),
        Named.of(
            "a node that accepts is given a second to greet, and no longer",
            """
            0 begin
            = 0 look up
            0 found a b
            = 0 start 1 a
            1 opened 1
            = 1000 look up
            1000 found a b
            = 1001 start 2 b
            1010 ready 2
            """),
        Named.of(
            "a failure beside one that greets hurries nobody",
            """
            0 begin
            = 0 look up
            0 found a b c
            = 0 start 1 a
            = 250 start 2 b
            260 opened 1
            270 failed 2 refused
            = 1000 look up
            1000 found a b c
            = 1260 start 3 c
            """),
        Named.of(
            "while attempts hang the name is looked up again, and where it has moved is tried",
            """
            0 begin
            = 0 look up
            0 found a
            = 0 start 1 a
            = 1000 look up
            1002 found b
            = 1002 start 2 b
            1005 ready 2
            """),
        Named.of(
            "beside one that hangs, one that refused is tried again each second",
            """
            0 begin
            = 0 look up
            0 found a b
            = 0 start 1 a
            1 failed 1 refused
            = 1 start 2 b
            = 1000 look up
            1000 found a b
            = 1000 start 3 a
            1001 failed 3 refused
            = 2000 look up
            2000 found b a
            = 2000 start 4 a
            2010 ready 4
            """),
        Named.of(
            "all hang",
            """
            0 begin
            = 0 look up
            5 found a
            = 5 start 1 a
            = 1005 look up
            1005 notFound unknown
            = 2005 look up
            2005 found a
            = 3005 look up
            3005 found a
            = 4005 look up
            = 6005 look up
            = 8005 look up
            = 10005 give up: no connection within 10000 ms
            """),
        Named.of(
            "a look-up that hangs is asked again beside",
            """
            0 begin
            = 0 look up
            = 2000 look up
            2100 found a
            = 2100 start 1 a
            2110 ready 1
            2200 found b
            """),
        Named.of(
            "no look-up answers",
            """
            0 begin
            = 0 look up
            = 2000 look up
            = 4000 look up
            = 6000 look up
            = 8000 look up
            = 10000 give up: no address of node.example within 10000 ms
            """),
        Named.of(
            "news during a look-up that hangs",
            """
            0 begin
            = 0 look up
            500 announced
            = 500 look up afresh
            510 found a
            = 510 start 1 a
            520 ready 1
            """),
        Named.of(
            "news during attempts that hang: elsewhere first, then there again",
            """
            0 begin
            = 0 look up
            0 found a
            = 0 start 1 a
            600 announced
            = 600 look up afresh
            605 found a b
            = 605 start 2 b
            = 855 start 3 a
            900 ready 3
            """),
        Named.of(
            "news of a node whose attempt has just begun",
            """
            0 begin
            = 0 look up
            0 found a
            = 0 start 1 a
            200 announced
            = 200 look up afresh
            200 found a
            = 1200 look up
            """),
        Named.of(
            "news gives the dial its whole time again, and the old attempts may fail meanwhile",
            """
            0 begin
            = 0 look up
            0 found a
            = 0 start 1 a
            900 announced
            = 900 look up afresh
            1000 failed 1 unreachable
            = 2900 look up
            = 4900 look up
            = 6900 look up
            = 8900 look up
            10800 found a
            = 10800 start 2 a
            10900 failed 2 refused
            = 10900 give up: unreachable (and 1 more)
            """),
        Named.of(
            "what comes late changes nothing",
            """
            0 begin
            = 0 look up
            0 found a
            = 0 start 1 a
            5 failed 1 refused
            = 5 give up: refused
            6 opened 1
            7 failed 1 refused
            8 found b
            9 announced
            10 ready 1
            """));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void eachTableHolds(String table) {
    assertThat(new Script(true).run(table)).isEqualTo(table);
  }

  @Test
  void anAddressInPlaceOfANameIsLookedUpOnceAndAfterNews() {
    String table =
        """
        0 begin
        = 0 look up
        0 found a
        = 0 start 1 a
        5000 announced
        = 5000 look up afresh
        5000 found a
        = 5000 start 2 a
        = 15000 give up: no connection within 10000 ms
        """;
    assertThat(new Script(false).run(table)).isEqualTo(table);
  }

  @Test
  void attemptsAreBoundedAndTheOldestGivesWay() {
    String addresses =
        IntStream.rangeClosed(1, 9).mapToObj(i -> "10.0.1." + i).collect(Collectors.joining(" "));
    String steps = new Script(false).run("0 begin\n0 found " + addresses + "\n2100 nothing\n");
    assertThat(steps.lines().filter(line -> line.startsWith("= 2000")))
        .containsExactly("= 2000 cancel 1", "= 2000 start 9 10.0.1.9");
  }

  @Test
  void theNextDialBeginsWithTheLastGoodAddress() {
    AddressMemory memory = new AddressMemory();
    new Script(true, memory).run("0 begin\n0 found A a b\n250 nothing\n260 ready 2\n");
    String next = new Script(true, memory).run("0 begin\n0 found A a b\n600 nothing\n");
    assertThat(next)
        .isEqualTo(
            """
            0 begin
            = 0 look up
            0 found A a b
            = 0 start 1 a
            = 250 start 2 A
            = 500 start 3 b
            600 nothing
            """);
  }

  @Test
  void theNextDialBeginsWithAddressesNotTriedBefore() {
    AddressMemory memory = new AddressMemory();
    new Script(true, memory).run("0 begin\n0 found a b c\n300 nothing\n");
    String next = new Script(true, memory).run("0 begin\n0 found a b c\n600 nothing\n");
    assertThat(next).contains("= 0 start 1 c", "= 250 start 2 a", "= 500 start 3 b");
  }

  /** Plays the events of a table, wakes the race when it wants to be, and writes all down. */
  private static final class Script {
    private final DialRace race;
    private final List<String> lines = new ArrayList<>();

    Script(boolean named) {
      this(named, new AddressMemory());
    }

    Script(boolean named, AddressMemory memory) {
      race = new DialRace("node.example", named, TIMEOUT, memory);
    }

    String run(String table) {
      List<String> events = table.lines().filter(line -> !line.startsWith("=")).toList();
      long last =
          table
              .lines()
              .map(line -> line.replace("= ", ""))
              .mapToLong(Script::millis)
              .max()
              .orElseThrow();
      for (String event : events) {
        if (!event.endsWith(" begin")) {
          wakeUntil(millis(event));
        }
        lines.add(event);
        note(millis(event), play(event));
      }
      wakeUntil(last);
      return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static long millis(String line) {
      return Long.parseLong(line.substring(0, line.indexOf(' ')));
    }

    private void wakeUntil(long millis) {
      long at = race.wakeAt();
      while (!isOver() && at - nanos(millis) <= 0) {
        note((at - START) / 1_000_000, race.time(at));
        at = race.wakeAt();
      }
    }

    private boolean isOver() {
      return lines.stream().anyMatch(line -> line.contains("ready") || line.contains("give up"));
    }

    private List<DialStep> play(String event) {
      List<String> words = Splitter.on(' ').splitToList(event);
      long now = nanos(millis(event));
      UnaryOperator<String> rest = from -> from.substring(from.indexOf(words.get(2)));
      return switch (words.get(1)) {
        case "begin" -> race.begin(now);
        case "announced" -> race.announced(now);
        case "found" -> race.found(addresses(rest.apply(event)), now);
        case "notFound" -> race.notFound(words.get(2), now);
        case "opened" -> race.opened(Integer.parseInt(words.get(2)), now);
        case "failed" -> race.failed(Integer.parseInt(words.get(2)), words.get(3), now);
        case "ready" -> {
          race.ready(Integer.parseInt(words.get(2)));
          yield List.of();
        }
        case "nothing" -> race.time(now);
        default -> throw new IllegalArgumentException(event);
      };
    }

    private void note(long millis, List<DialStep> steps) {
      for (DialStep step : steps) {
        lines.add(
            "= "
                + millis
                + switch (step) {
                  case LookUp(boolean fresh) -> fresh ? " look up afresh" : " look up";
                  case Start(int attempt, InetAddress to) -> " start " + attempt + " " + name(to);
                  case Cancel(int attempt) -> " cancel " + attempt;
                  case GiveUp(String why) -> " give up: " + why;
                });
      }
    }

    private static long nanos(long millis) {
      return START + Duration.ofMillis(millis).toNanos();
    }

    private static List<InetAddress> addresses(String names) {
      return Splitter.on(' ').splitToStream(names).map(Script::address).toList();
    }

    private static InetAddress address(String name) {
      if (name.length() > 1) {
        return InetAddresses.forString(name);
      }
      char letter = name.charAt(0);
      return InetAddresses.forString(
          letter >= 'a' ? "10.0.0." + (letter - 'a' + 1) : "2001:db8::" + (letter - 'A' + 1));
    }

    private static String name(InetAddress address) {
      int last = address.getAddress()[address.getAddress().length - 1];
      String text = InetAddresses.toAddrString(address);
      if (text.startsWith("10.0.0.")) {
        return String.valueOf((char) ('a' + last - 1));
      }
      return text.startsWith("2001") ? String.valueOf((char) ('A' + last - 1)) : text;
    }
  }
}
