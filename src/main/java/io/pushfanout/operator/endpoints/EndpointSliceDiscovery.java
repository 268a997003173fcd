package io.pushfanout.operator.endpoints;

import io.pushfanout.concurrent.Threads;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.SourceOutages;
import io.pushfanout.discovery.source.Watch;
import io.pushfanout.model.Discovery;
import io.pushfanout.operator.client.ClusterAccess;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * The discovery of connect-nodes by the EndpointSlices of their Service, from an API server.
 *
 * <p>A second thread makes the requests, which block; events of watches arrive on threads of the
 * client. Both hand over to discovery's thread.
 */
public final class EndpointSliceDiscovery extends NodeDiscovery<Discovery.EndpointSlices> {
  private final RandomGenerator random = new SplittableRandom();
  private final SourceOutages outages = new SourceOutages("the API server");
  private final ScheduledExecutorService requests =
      Threads.scheduler("pushfanout-endpoints-requests");
  private final SliceApi api;

  /**
   * @param access the way to the API server; the first request reads its files
   */
  public EndpointSliceDiscovery(ClusterAccess access, Listener listener) {
    super("pushfanout-endpoints", listener);
    this.api = new SliceApi(access);
  }

  @Override
  protected Watch<Discovery.EndpointSlices> watch(String source, Discovery.EndpointSlices place) {
    return new SliceWatch(place, api, this::request, thread(), random, outages, listener());
  }

  /** Runs a request after those before it; does nothing after the end. */
  private void request(Runnable request) {
    try {
      requests.execute(request);
    } catch (RejectedExecutionException _) {
      // Closed: no watch waits for the result.
    }
  }

  @Override
  public void close() {
    super.close();
    // The client last: its end ends the watches and a request under way.
    Future<?> _ = requests.submit(api::close);
    requests.shutdown();
  }
}
