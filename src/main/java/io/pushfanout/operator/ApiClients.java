package io.pushfanout.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pushfanout.operator.client.Cluster;
import io.pushfanout.operator.client.ClusterException;

/** A maker of clients of an API server, with the same limits for each. */
public final class ApiClients {
  /** Timeout of every request but the watches, in milliseconds. */
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;

  /** Doubled at each failure, up to 32 times: a watch is back within 3.2 s. */
  private static final int RECONNECT_MILLIS = 100;

  private ApiClients() {}

  /**
   * Makes a client that its owner closes.
   *
   * @throws ClusterException when the client library rejects the keys or certificates
   */
  public static KubernetesClient open(Cluster cluster) {
    Config config = cluster.config();
    config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
    config.setConnectionTimeout(REQUEST_TIMEOUT_MILLIS);
    config.setRequestRetryBackoffLimit(0);
    config.setWatchReconnectInterval(RECONNECT_MILLIS);
    return cluster.client(ResourceJson.serialization());
  }
}
