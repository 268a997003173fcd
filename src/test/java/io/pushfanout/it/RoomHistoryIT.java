package io.pushfanout.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.pushfanout.it.RoomCaller.Broadcast;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.SettingsBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Users subscribe rooms and leave them under a load of rooms' messages, through restarts of nodes
 * and servers, lost streams and changed settings. A user misses no message that was broadcast
 * between the confirmation of its room and its end.
 */
@Timeout(900)
class RoomHistoryIT {
  private static final int NODES = LongForm.or(40, 100);
  private static final int ROOMS = LongForm.or(100, 2000);

  /** Users that subscribe in a second; as many leave. */
  private static final int USERS = LongForm.or(500, 5000);

  /** Broadcasts of a second. */
  private static final int RATE = LongForm.or(150, 2000);

  private static final int ROUNDS = LongForm.or(1, 30);
  private static final Duration ROUND = Duration.ofSeconds(LongForm.or(9, 20));

  /** Time between two faults. */
  private static final Duration FAULT = Duration.ofMillis(LongForm.or(300, 500));

  private static final Duration TICK = Duration.ofMillis(LongForm.or(20, 50));

  private final Random random = new Random(19);
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<RoomNode> nodes = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<LiveManager> servers = new ArrayList<>();
  private final RoomCaller caller = new RoomCaller();
  private final ConcurrentLinkedQueue<RoomUser> users = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService ticks = Executors.newScheduledThreadPool(2);
  private final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  /** Present users by the times of their ends. */
  private final PriorityQueue<Stay> stays = new PriorityQueue<>();

  private long begunNanos;
  private long sent;
  private volatile boolean paused;

  private final Random usersRandom = new Random(20);
  private final Random roomsRandom = new Random(21);

  @BeforeEach
  void start() throws Exception {
    for (int i = 0; i < NODES; i++) {
      RoomNode node = new RoomNode(loops, i % 2 == 0);
      nodes.add(node);
      addresses.add(node.address());
    }
    servers.add(server());
    servers.add(server());
    callAll();
    await().atMost(Duration.ofSeconds(30)).until(() -> nodes.stream().allMatch(this::isListed));
  }

  private boolean isListed(RoomNode node) {
    return node.openStreams() == servers.size();
  }

  private LiveManager server() throws Exception {
    LiveManager server = new LiveManager();
    server.apply(addresses, RoomHistoryIT::usual);
    return server;
  }

  /** Returns settings under which no message is dropped, and none is lost with a connection. */
  private static SettingsBuilder usual(SettingsBuilder settings) {
    return settings.queueSize(100_000).maxAttempts(10).maxBackoff(Duration.ofSeconds(1));
  }

  private void callAll() {
    caller.to(servers.stream().map(LiveManager::grpc).toList());
  }

  @AfterEach
  void stop() {
    ticks.shutdownNow();
    caller.close();
    servers.forEach(LiveManager::close);
    nodes.forEach(RoomNode::close);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void aConfirmedUserMissesNothing() throws Exception {
    every(TICK, this::turn);
    every(Duration.ofMillis(5), this::send);
    for (int round = 1; round <= ROUNDS; round++) {
      long end = System.nanoTime() + ROUND.toNanos();
      for (int i = 0; System.nanoTime() - end < 0; i++) {
        fault(i);
        Thread.sleep(FAULT); // The pace of the faults, nothing waits for it.
      }
      check();
    }
  }

  private void every(Duration period, Work work) {
    var _ =
        ticks.scheduleAtFixedRate(
            () -> {
              try {
                work.run();
              } catch (Exception | AssertionError e) {
                thrown.add(e);
              }
            },
            0,
            period.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private interface Work {
    void run() throws Exception;
  }

  private String room(Random any) {
    return "a-room-of-some-bytes-" + any.nextInt(ROOMS);
  }

  /** The time of a user with its end. */
  private record Stay(long endNanos, RoomUser user) implements Comparable<Stay> {
    @Override
    public int compareTo(Stay other) {
      return Long.compare(endNanos - other.endNanos, 0);
    }
  }

  private void turn() {
    long now = System.nanoTime();
    while (!stays.isEmpty() && stays.peek().endNanos - now < 0) {
      RoomUser gone = stays.remove().user;
      gone.node().leave(gone);
      if (usersRandom.nextInt(4) == 0) {
        // The user connects again at once: one update has both.
        join(gone.node(), gone.room(), now);
      }
    }
    for (int i = 0; i < USERS * TICK.toMillis() / 1000; i++) {
      join(nodes.get(usersRandom.nextInt(NODES)), room(usersRandom), now);
    }
    nodes.forEach(node -> node.turn(now));
  }

  private void join(RoomNode node, String room, long now) {
    RoomUser user = new RoomUser(node, room);
    node.join(user);
    users.add(user);
    stays.add(new Stay(now + Duration.ofMillis(200 + usersRandom.nextInt(4000)).toNanos(), user));
  }

  private void send() throws InterruptedException {
    if (paused) {
      begunNanos = 0;
      sent = 0;
      return;
    }
    begunNanos = begunNanos == 0 ? System.nanoTime() : begunNanos;
    long due = (System.nanoTime() - begunNanos) * RATE / 1_000_000_000L;
    for (; sent < due; sent++) {
      caller.send(room(roomsRandom));
    }
  }

  private void fault(int number) throws Exception {
    RoomNode node = nodes.get(random.nextInt(NODES));
    switch (number % 8) {
      case 0, 4 -> node.cutStreams();
      case 1, 5 -> node.restart();
      case 7 -> restartServer(number / 8 % servers.size());
      case 2, 6 -> resize(servers.get(random.nextInt(servers.size())));
      default -> {
        LiveManager server = servers.get(random.nextInt(servers.size()));
        server.apply(addresses, s -> usual(s).deliveryInterest(DeliveryInterest.OFF));
        resize(server);
      }
    }
  }

  private void restartServer(int index) throws Exception {
    LiveManager old = servers.get(index);
    servers.set(index, server());
    callAll();
    old.close();
  }

  private void resize(LiveManager server) {
    server.apply(
        addresses,
        s ->
            usual(s)
                .workers(1 + random.nextInt(20))
                .deliveryWindow(1 + random.nextInt(500))
                .queueSize(50_000 + random.nextInt(50_000)));
  }

  private void check() throws Exception {
    assertThat(thrown).isEmpty();
    paused = true;
    List<RoomUser> seen = new ArrayList<>();
    for (RoomUser user = users.poll(); user != null; user = users.poll()) {
      seen.add(user);
    }
    // Users that stay are owed messages of the next round, too.
    seen.stream().filter(RoomUser::isPresent).forEach(users::add);
    List<Broadcast> broadcasts = caller.finish();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> servers.stream().allMatch(LiveManager::isQuiet));
    Map<String, List<Broadcast>> byRoom =
        broadcasts.stream().collect(Collectors.groupingBy(Broadcast::room));
    long owed = 0;
    List<String> missed = new ArrayList<>();
    for (RoomUser user : seen) {
      for (Broadcast broadcast : byRoom.getOrDefault(user.room(), List.of())) {
        if (user.isOwed(broadcast)) {
          owed++;
          if (!user.node().messages().has(broadcast.id())) {
            missed.add("%s at %s: %s".formatted(broadcast, user.node().address(), user));
          }
        }
      }
    }
    report(seen, broadcasts, owed);
    paused = false;
    assertThat(caller.failures()).isEmpty();
    assertThat(broadcasts).allMatch(broadcast -> broadcast.reply().getCode().equals("0"));
    assertThat(missed).as("of %d", owed).isEmpty();
    assertThat(owed).isGreaterThan(broadcasts.size() / 10);
  }

  private static void report(List<RoomUser> seen, List<Broadcast> broadcasts, long owed) {
    long[] waited =
        seen.stream()
            .filter(RoomUser::isConfirmed)
            .mapToLong(RoomUser::waitedNanos)
            .sorted()
            .toArray();
    double reached = broadcasts.stream().mapToInt(b -> b.reply().getNodes()).average().orElse(0);
    System.out.printf(
        "RoomHistoryIT: %d users, %d confirmed within %.0f ms (median), %.0f ms (p99); %d broadcasts"
            + " to %.1f of %d nodes each; %d messages owed%n",
        seen.size(),
        waited.length,
        waited[waited.length / 2] / 1e6,
        waited[waited.length * 99 / 100] / 1e6,
        broadcasts.size(),
        reached,
        NODES,
        owed);
    assertThat(reached).as("nodes of a broadcast").isLessThan(0.9 * NODES);
  }
}
