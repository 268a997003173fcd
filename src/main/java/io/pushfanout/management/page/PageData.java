package io.pushfanout.management.page;

import io.pushfanout.model.FanoutName;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The data of the page beside the status. Functions are called on a worker thread, once a second at
 * most, and only while somebody has the page open.
 *
 * @param version of the program
 * @param services the services in which nodes register
 * @param origin returns the origin of a fanout's settings in a few words
 * @param replicas returns the reports of all replicas on a fanout; empty without a cluster
 */
public record PageData(
    String version,
    Supplier<List<Service>> services,
    Supplier<Callers> callers,
    Function<FanoutName, String> origin,
    Function<FanoutName, List<Replica>> replicas) {

  /**
   * A service in which nodes register.
   *
   * @param state one line: the answer of the registry, or the reason for its absence
   */
  public record Service(String name, int nodes, String state) {}

  /**
   * The callers' connections.
   *
   * @param refused connections closed because there were too many
   * @param overShare refusals beyond a party's share, by the shared resource
   */
  public record Callers(int connections, long refused, Map<String, Long> overShare) {}

  /** The report of one replica on a fanout. */
  public record Replica(String name, long generation, int nodes, int connected, int slow) {}
}
