package io.pushfanout.model;

/**
 * The bounds of the resource's fields, shared by settings, files and the CRD. Durations are in
 * milliseconds, sizes in bytes.
 */
public final class Bounds {
  /** Upper bound of a server's message size limit. */
  public static final int MESSAGE_BYTES_MAX = 100 << 20;

  public static final int WORKERS_MIN = 1;
  public static final int WORKERS_MAX = 1024;
  public static final int QUEUE_SIZE_MIN = 1;
  public static final int QUEUE_SIZE_MAX = 1_000_000;
  public static final long QUEUE_BYTES_MIN = 1L << 10;
  public static final long QUEUE_BYTES_MAX = 16L << 30;
  public static final long BLOCK_TIMEOUT_MIN = 1;
  public static final long BLOCK_TIMEOUT_MAX = 60_000;
  public static final long RPC_TIMEOUT_MIN = 1;
  public static final long RPC_TIMEOUT_MAX = 600_000;

  /** Lower bound of an enabled TTL; 0 disables it. */
  public static final long MESSAGE_TTL_MIN = 1;

  public static final long MESSAGE_TTL_MAX = 86_400_000;
  public static final long DRAIN_TIMEOUT_MIN = 0;
  public static final long DRAIN_TIMEOUT_MAX = 3_600_000;
  public static final int MAX_ATTEMPTS_MIN = 1;
  public static final int MAX_ATTEMPTS_MAX = 10;
  public static final long BACKOFF_MIN = 1;
  public static final long BACKOFF_MAX = 600_000;
  public static final int WINDOW_MIN = 1;
  public static final int WINDOW_MAX = 100_000;
  public static final long LINGER_MIN = 0;
  public static final long LINGER_MAX = 50;

  /** Longest resource name of Kubernetes, in characters. */
  public static final int RESOURCE_NAME_MAX = 253;

  /** Longest {@code delivery.target} in characters: a DNS label, a slash and a resource's name. */
  public static final int DELIVERY_TARGET_MAX = 63 + 1 + RESOURCE_NAME_MAX;

  public static final int SERVER_NAME_MAX = 253;
  public static final int OVERRIDES_MAX = 64;
  public static final int OVERRIDE_NAME_MIN = 1;
  public static final int OVERRIDE_NAME_MAX = 63;
  public static final int OVERRIDE_NODES_MIN = 1;
  public static final int OVERRIDE_NODES_MAX = 1000;

  public static final int OVERRIDE_GLOB_MAX = 300;

  /** Largest number of characters of all globs with a wildcard in all overrides together. */
  public static final int OVERRIDE_WILDCARDS_MAX = 16_384;

  public static final int ETCD_PREFIX_MAX = 256;

  public static final int DNS_NAME_MAX = 253;
  public static final long DNS_REFRESH_MIN = 1_000;
  public static final long DNS_REFRESH_MAX = 600_000;
  public static final int PORT_MIN = 1;
  public static final int PORT_MAX = 65_535;
  public static final int PORT_NAME_MAX = 63;

  public static final long REMOVAL_GRACE_MIN = 0;
  public static final long REMOVAL_GRACE_MAX = 600_000;
  public static final int STATIC_NODES_MIN = 1;
  public static final int STATIC_NODES_MAX = 1000;

  /**
   * Largest number of accepted nodes of a source: twice the nodes that one server is designed for.
   * Each accepted node costs a client, a queue and connection attempts.
   */
  public static final int REGISTERED_NODES_MAX = 20_000;

  private Bounds() {}
}
