package io.pushfanout.management.page;

import io.pushfanout.json.ServerStatus.Problem;
import io.pushfanout.management.page.PageData.Callers;
import io.pushfanout.management.page.PageData.Replica;
import io.pushfanout.management.page.PageData.Service;
import io.pushfanout.management.page.TrafficHistory.Charts;
import io.pushfanout.management.page.TrafficHistory.Points;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of the page: the whole state, or the changes since the event before. A component without
 * a value has not changed.
 *
 * @param now seconds since 1970 by the server's clock; times of nodes are on the same clock
 * @param outcomes broadcasts that reached no fanout, by outcome
 * @param fanouts facts of new and changed fanouts
 * @param numbers numbers of new and changed fanouts
 * @param goneFanouts names of fanouts that are gone
 * @param nodes rows of new and changed nodes: {@link NodeRows}
 * @param goneNodes numbers of nodes that are gone
 * @param order the numbers of all nodes, the worst first
 * @param charts the last ten minutes
 * @param points one more point of each series of the charts
 */
record Update(
    long now,
    @Nullable Head head,
    @Nullable Callers callers,
    @Nullable Map<String, Long> outcomes,
    @Nullable Map<String, Facts> fanouts,
    @Nullable Map<String, Numbers> numbers,
    @Nullable List<String> goneFanouts,
    @Nullable List<List<Object>> nodes,
    @Nullable List<Integer> goneNodes,
    @Nullable List<Integer> order,
    @Nullable Charts charts,
    @Nullable Points points) {

  /**
   * The process.
   *
   * @param readiness the line of {@code /readyz}
   * @param problems problems of the process
   */
  record Head(
      String replica,
      String version,
      String readiness,
      List<Problem> problems,
      List<Service> services) {}

  /**
   * The facts of a fanout, which change seldom.
   *
   * @param settings value and origin of each setting, by its path
   * @param problems problems of no node in the list
   */
  record Facts(
      long generation,
      Map<String, List<Object>> settings,
      List<Problem> problems,
      List<Replica> replicas) {}

  /**
   * The numbers of a fanout.
   *
   * @param states number of its nodes by state
   * @param traffic values of {@link Traffic}; without a value at the first event
   * @param outcomes broadcasts since the start, by outcome
   */
  record Numbers(
      Map<String, Integer> states, @Nullable List<Float> traffic, Map<String, Long> outcomes) {}
}
