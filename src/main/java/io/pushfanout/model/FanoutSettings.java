package io.pushfanout.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a PushFanout resource for queues and deliveries. The fields are those of the
 * spec; their bounds are in {@link Bounds}.
 *
 * @param workers concurrent deliveries to one node: unary calls in flight, or parallel streams
 * @param queueSize the capacity of one node's queue in messages, without calls in flight
 * @param queueBytes the capacity of one node's queue in encoded request bytes, likewise
 * @param blockTimeout the longest wait of {@link OverflowPolicy#BLOCK}
 * @param rpcTimeout deadline of one delivery call
 * @param messageTtl the age at which a queued message expires; zero: never
 * @param drainTimeout the longest drain of a retired node's queue
 * @param deliveryWindow the largest number of unacknowledged envelopes of one stream
 * @param deliveryLinger the longest wait of a new message for others that closely follow it; zero:
 *     no wait
 * @param deliveryInterest whether a room's messages go to the nodes that hold the room
 * @param deliveryTarget the target that a delivery carries for its node; null: deliveries have no
 *     target
 * @param tls plaintext or TLS for connections to nodes
 */
public record FanoutSettings(
    int workers,
    int queueSize,
    long queueBytes,
    OverflowPolicy overflowPolicy,
    Duration blockTimeout,
    Duration rpcTimeout,
    Duration messageTtl,
    Duration drainTimeout,
    RetryPolicy retry,
    DeliveryMode deliveryMode,
    int deliveryWindow,
    Duration deliveryLinger,
    DeliveryInterest deliveryInterest,
    @Nullable DeliveryTarget deliveryTarget,
    TlsChoice tls) {

  public static final FanoutSettings DEFAULT =
      new FanoutSettings(
          10,
          1000,
          64L << 20,
          OverflowPolicy.DROP_NEWEST,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          RetryPolicy.DEFAULT,
          DeliveryMode.AUTO,
          1000,
          Duration.ofMillis(1),
          DeliveryInterest.AUTO,
          null,
          TlsChoice.PLAINTEXT);

  /**
   * @throws SettingException when a value is out of bounds
   */
  public FanoutSettings {
    Checks.range("workers", workers, Bounds.WORKERS_MIN, Bounds.WORKERS_MAX);
    Checks.range("queueSize", queueSize, Bounds.QUEUE_SIZE_MIN, Bounds.QUEUE_SIZE_MAX);
    Checks.rangeBytes("queueBytes", queueBytes, Bounds.QUEUE_BYTES_MIN, Bounds.QUEUE_BYTES_MAX);
    Checks.range("blockTimeout", blockTimeout, Bounds.BLOCK_TIMEOUT_MIN, Bounds.BLOCK_TIMEOUT_MAX);
    Checks.range("rpcTimeout", rpcTimeout, Bounds.RPC_TIMEOUT_MIN, Bounds.RPC_TIMEOUT_MAX);
    if (!messageTtl.isZero()) {
      Checks.range("messageTTL", messageTtl, Bounds.MESSAGE_TTL_MIN, Bounds.MESSAGE_TTL_MAX);
    }
    Checks.range("drainTimeout", drainTimeout, Bounds.DRAIN_TIMEOUT_MIN, Bounds.DRAIN_TIMEOUT_MAX);
    Checks.range("delivery.window", deliveryWindow, Bounds.WINDOW_MIN, Bounds.WINDOW_MAX);
    Checks.range("delivery.linger", deliveryLinger, Bounds.LINGER_MIN, Bounds.LINGER_MAX);
  }

  /** Returns a builder with these settings. */
  public SettingsBuilder toBuilder() {
    return new SettingsBuilder(this);
  }

  /** The use of the rooms that nodes list. */
  public enum DeliveryInterest {
    /** A room's messages go to the nodes that hold the room, as far as nodes list their rooms. */
    AUTO("Auto"),
    /** Every message goes to every node. */
    OFF("Off");

    private final String specName;

    DeliveryInterest(String specName) {
      this.specName = specName;
    }

    /** Returns the value in the resource. */
    public String specName() {
      return specName;
    }
  }

  /** The transport of messages to a node. */
  public enum DeliveryMode {
    /** Streaming if the node supports it, else unary calls. */
    AUTO("Auto"),
    /** One call for each message. */
    UNARY("Unary"),
    /** Streaming only; a node without it is a problem, and its queue keeps the messages. */
    STREAM("Stream");

    private final String specName;

    DeliveryMode(String specName) {
      this.specName = specName;
    }

    /** Returns the value in the resource. */
    public String specName() {
      return specName;
    }
  }
}
