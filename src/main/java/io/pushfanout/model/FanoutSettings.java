package io.pushfanout.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a PushFanout resource says about queues and deliveries; the fields are the spec's, their
 * bounds stand in {@link Bounds}.
 *
 * @param workers concurrent deliveries to one node: unary calls in flight, or parallel streams
 * @param queueSize messages that one node's queue holds, calls in flight not counted
 * @param queueBytes encoded request bytes likewise
 * @param blockTimeout how long {@link OverflowPolicy#BLOCK} waits
 * @param rpcTimeout deadline of one delivery call
 * @param messageTtl a message older than this in the queue expires; zero is never
 * @param drainTimeout how long a retired node's queue may take
 * @param deliveryWindow unacknowledged envelopes of one stream
 * @param deliveryTarget what nodes are told to broadcast to; null: nothing is said of it
 * @param tls how nodes are spoken to
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
  }

  /** A copy under change. */
  public SettingsBuilder toBuilder() {
    return new SettingsBuilder(this);
  }
}
