package io.pushfanout.model;

import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A builder that changes fields of a {@link FanoutSettings}; {@link #build} checks the bounds. */
public final class SettingsBuilder {
  private int workers;
  private int queueSize;
  private long queueBytes;
  private OverflowPolicy overflowPolicy;
  private Duration blockTimeout;
  private Duration rpcTimeout;
  private Duration messageTtl;
  private Duration drainTimeout;
  private int maxAttempts;
  private Duration initialBackoff;
  private Duration maxBackoff;
  private DeliveryMode deliveryMode;
  private int deliveryWindow;
  private Duration deliveryLinger;
  private DeliveryInterest deliveryInterest;
  private @Nullable String deliveryTarget;
  private @Nullable String tlsProfile;
  private @Nullable String tlsServerName;

  SettingsBuilder(FanoutSettings from) {
    workers = from.workers();
    queueSize = from.queueSize();
    queueBytes = from.queueBytes();
    overflowPolicy = from.overflowPolicy();
    blockTimeout = from.blockTimeout();
    rpcTimeout = from.rpcTimeout();
    messageTtl = from.messageTtl();
    drainTimeout = from.drainTimeout();
    maxAttempts = from.retry().maxAttempts();
    initialBackoff = from.retry().initialBackoff();
    maxBackoff = from.retry().maxBackoff();
    deliveryMode = from.deliveryMode();
    deliveryWindow = from.deliveryWindow();
    deliveryLinger = from.deliveryLinger();
    deliveryInterest = from.deliveryInterest();
    DeliveryTarget target = from.deliveryTarget();
    deliveryTarget = target == null ? null : target.text();
    tlsProfile = from.tls().profile();
    tlsServerName = from.tls().serverName();
  }

  public SettingsBuilder workers(int value) {
    workers = value;
    return this;
  }

  public SettingsBuilder queueSize(int value) {
    queueSize = value;
    return this;
  }

  public SettingsBuilder queueBytes(long value) {
    queueBytes = value;
    return this;
  }

  public SettingsBuilder overflowPolicy(OverflowPolicy value) {
    overflowPolicy = value;
    return this;
  }

  public SettingsBuilder blockTimeout(Duration value) {
    blockTimeout = value;
    return this;
  }

  public SettingsBuilder rpcTimeout(Duration value) {
    rpcTimeout = value;
    return this;
  }

  public SettingsBuilder messageTtl(Duration value) {
    messageTtl = value;
    return this;
  }

  public SettingsBuilder drainTimeout(Duration value) {
    drainTimeout = value;
    return this;
  }

  public SettingsBuilder maxAttempts(int value) {
    maxAttempts = value;
    return this;
  }

  public SettingsBuilder initialBackoff(Duration value) {
    initialBackoff = value;
    return this;
  }

  public SettingsBuilder maxBackoff(Duration value) {
    maxBackoff = value;
    return this;
  }

  public SettingsBuilder deliveryMode(DeliveryMode value) {
    deliveryMode = value;
    return this;
  }

  public SettingsBuilder deliveryWindow(int value) {
    deliveryWindow = value;
    return this;
  }

  public SettingsBuilder deliveryLinger(Duration value) {
    deliveryLinger = value;
    return this;
  }

  public SettingsBuilder deliveryInterest(DeliveryInterest value) {
    deliveryInterest = value;
    return this;
  }

  public SettingsBuilder deliveryTarget(@Nullable String value) {
    deliveryTarget = value;
    return this;
  }

  public SettingsBuilder tlsProfile(@Nullable String value) {
    tlsProfile = value;
    return this;
  }

  public SettingsBuilder tlsServerName(@Nullable String value) {
    tlsServerName = value;
    return this;
  }

  /**
   * Returns the settings.
   *
   * @throws SettingException if a value is out of bounds
   */
  public FanoutSettings build() {
    return new FanoutSettings(
        workers,
        queueSize,
        queueBytes,
        overflowPolicy,
        blockTimeout,
        rpcTimeout,
        messageTtl,
        drainTimeout,
        new RetryPolicy(maxAttempts, initialBackoff, maxBackoff),
        deliveryMode,
        deliveryWindow,
        deliveryLinger,
        deliveryInterest,
        deliveryTarget == null ? null : new DeliveryTarget(deliveryTarget),
        new TlsChoice(tlsProfile, tlsServerName));
  }
}
