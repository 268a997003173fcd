package io.pushfanout.interest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.pushfanout.interest.NodeRooms.InvalidUpdate;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * A measurement of the index: memory of each room at a node, time of each update, and the longest
 * step of a loop. Arguments: nodes, rooms of each node, nodes of each room.
 */
public final class RoomIndexMeasure {
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

  /** Rooms of one update, 80 KB with names of 24 bytes. */
  private static final int ROOMS_OF_UPDATE = 3000;

  private final RoomIndex index = new RoomIndex(10_000_000);
  private final Histogram steps = new Histogram(3);
  private final Histogram cpuOfSteps = new Histogram(3);
  private long cpuNanos;

  private RoomIndexMeasure() {}

  public static void main(String[] arguments) throws InvalidUpdate {
    int nodes = Integer.parseInt(arguments[0]);
    int rooms = Integer.parseInt(arguments[1]);
    int holders = Integer.parseInt(arguments[2]);
    new RoomIndexMeasure().measure(10, 30_000, 10);
    System.out.println("warm");
    new RoomIndexMeasure().measure(nodes, rooms, holders);
  }

  static RoomName room(int number) {
    return requireNonNull(
        RoomName.of("a-room-of-24-bytes-%05x".formatted(number).getBytes(US_ASCII)));
  }

  private void measure(int nodes, int roomsOfNode, int nodesOfRoom) throws InvalidUpdate {
    long before = usedBytes();
    List<NodeRooms> all = fill(nodes, roomsOfNode, nodesOfRoom);
    long pairs = (long) nodes * roomsOfNode;
    System.out.printf(
        Locale.ROOT,
        "%d nodes with %d rooms, %d rooms on %d nodes each: %.1f bytes for each room of a node%n",
        nodes,
        roomsOfNode,
        index.size(),
        nodesOfRoom,
        (double) (usedBytes() - before) / pairs);
    report("join", pairs);
    NodeRooms first = all.getFirst();
    first.begin();
    first.add(new RoomUpdate(1, true, List.of(), List.of(), true));
    run(first);
    report("reset of a node", roomsOfNode);
    for (NodeRooms node : all) {
      long since = System.nanoTime();
      long cpu = THREAD.getCurrentThreadCpuTime();
      while (node.forget()) {
        count(since, cpu);
        since = System.nanoTime();
        cpu = THREAD.getCurrentThreadCpuTime();
      }
    }
    report("release of all other nodes", pairs - roomsOfNode);
    System.out.printf("%d rooms are left%n", index.size());
  }

  private List<NodeRooms> fill(int nodes, int roomsOfNode, int nodesOfRoom) throws InvalidUpdate {
    int distinct = (int) ((long) nodes * roomsOfNode / nodesOfRoom);
    List<NodeRooms> all = new ArrayList<>();
    for (int n = 0; n < nodes; n++) {
      NodeRooms node = new NodeRooms(index);
      all.add(node);
      list(node, (int) ((long) n * roomsOfNode % distinct), roomsOfNode, distinct);
    }
    return all;
  }

  private void list(NodeRooms node, int from, int count, int distinct) throws InvalidUpdate {
    node.begin();
    long version = 0;
    for (int at = 0; at < count; at += ROOMS_OF_UPDATE) {
      int to = Math.min(count, at + ROOMS_OF_UPDATE);
      List<RoomName> join =
          IntStream.range(at, to)
              .mapToObj(i -> room((int) (((long) from + i) % distinct)))
              .toList();
      node.add(new RoomUpdate(++version, version == 1, join, List.of(), to == count));
      run(node);
    }
  }

  private void run(NodeRooms node) {
    boolean more = true;
    while (more) {
      long since = System.nanoTime();
      long cpu = THREAD.getCurrentThreadCpuTime();
      more = node.step(_ -> {});
      count(since, cpu);
    }
  }

  private void count(long since, long cpuSince) {
    long cpu = THREAD.getCurrentThreadCpuTime() - cpuSince;
    cpuNanos += cpu;
    steps.recordValue(System.nanoTime() - since);
    cpuOfSteps.recordValue(cpu);
  }

  private void report(String work, long rooms) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.2f us for each room; steps: %s, on the processor %s%n",
        work,
        cpuNanos / 1e3 / rooms,
        times(steps),
        times(cpuOfSteps));
    cpuNanos = 0;
    steps.reset();
    cpuOfSteps.reset();
  }

  private static String times(Histogram of) {
    return "median %.2f ms, p99.9 %.2f ms, longest %.2f ms"
        .formatted(
            of.getValueAtPercentile(50) / 1e6,
            of.getValueAtPercentile(99.9) / 1e6,
            of.getMaxValue() / 1e6);
  }

  /** Returns the bytes of the heap for each room of a node, with names of 24 bytes. */
  static double bytesOfPair(int nodes, int roomsOfNode, int nodesOfRoom) throws InvalidUpdate {
    long before = usedBytes();
    RoomIndexMeasure filled = new RoomIndexMeasure();
    List<NodeRooms> all = filled.fill(nodes, roomsOfNode, nodesOfRoom);
    try {
      return (double) (usedBytes() - before) / nodes / roomsOfNode;
    } finally {
      Reference.reachabilityFence(all);
    }
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
