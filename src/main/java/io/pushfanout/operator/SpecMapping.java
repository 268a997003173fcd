package io.pushfanout.operator;

import com.google.common.base.Strings;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingException;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SettingsBuilder;
import io.pushfanout.operator.resource.DeliverySpec;
import io.pushfanout.operator.resource.OverrideSpec;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutSpec;
import io.pushfanout.operator.resource.RetrySpec;
import io.pushfanout.operator.resource.TlsSpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of resources from the API server to the model. The server may have checked a resource
 * by the rules of another version, so the model checks everything again.
 */
public final class SpecMapping {
  private SpecMapping() {}

  /**
   * Returns the resource as a spec of the model; absent fields get the model's defaults.
   *
   * @throws SettingException when the model refuses a value; the field is as in the spec, or in
   *     {@code metadata}
   */
  public static FanoutSpec read(PushFanout resource) {
    ObjectMeta metadata = resource.getMetadata();
    FanoutName name = name(metadata);
    long generation = metadata.getGeneration() == null ? 1 : metadata.getGeneration();
    Instant created = created(resource);
    @Nullable SettingException refusal = resource.refusal();
    if (refusal != null) {
      throw refusal;
    }
    @Nullable PushFanoutSpec spec = resource.getSpec();
    return spec == null
        ? new FanoutSpec(
            name, generation, created, FanoutSettings.DEFAULT, List.of(), Discovery.DEFAULT)
        : new FanoutSpec(
            name,
            generation,
            created,
            settings(spec),
            overrides(spec.overrides()),
            DiscoveryMapping.read(spec.discovery()));
  }

  private static FanoutName name(ObjectMeta metadata) {
    try {
      return new FanoutName(metadata.getNamespace(), metadata.getName());
    } catch (IllegalArgumentException e) {
      throw new SettingException("metadata.name", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the creation time by the API server.
   *
   * @throws SettingException when the timestamp is not a time
   */
  static Instant created(PushFanout resource) {
    @Nullable String timestamp = resource.getMetadata().getCreationTimestamp();
    try {
      return timestamp == null ? Instant.EPOCH : Instant.parse(timestamp);
    } catch (DateTimeParseException _) {
      throw new SettingException("metadata.creationTimestamp", "is no time: " + timestamp);
    }
  }

  private static FanoutSettings settings(PushFanoutSpec spec) {
    SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
    set(builder, SettingField.WORKERS, spec.workers());
    set(builder, SettingField.QUEUE_SIZE, spec.queueSize());
    set(builder, SettingField.QUEUE_BYTES, spec.queueBytes());
    set(builder, SettingField.OVERFLOW_POLICY, spec.overflowPolicy());
    set(builder, SettingField.BLOCK_TIMEOUT, spec.blockTimeout());
    set(builder, SettingField.RPC_TIMEOUT, spec.rpcTimeout());
    set(builder, SettingField.MESSAGE_TTL, spec.messageTtl());
    set(builder, SettingField.DRAIN_TIMEOUT, spec.drainTimeout());
    RetrySpec retry = spec.retry();
    if (retry != null) {
      set(builder, SettingField.MAX_ATTEMPTS, retry.maxAttempts());
      set(builder, SettingField.INITIAL_BACKOFF, retry.initialBackoff());
      set(builder, SettingField.MAX_BACKOFF, retry.maxBackoff());
    }
    DeliverySpec delivery = spec.delivery();
    if (delivery != null) {
      set(builder, SettingField.DELIVERY_MODE, delivery.mode());
      set(builder, SettingField.DELIVERY_WINDOW, delivery.window());
      set(builder, SettingField.DELIVERY_TARGET, delivery.target());
    }
    TlsSpec tls = spec.tls();
    if (tls != null) {
      set(builder, SettingField.TLS_PROFILE, tls.profile());
      set(builder, SettingField.TLS_SERVER_NAME, tls.serverName());
    }
    return builder.build();
  }

  private static void set(SettingsBuilder builder, SettingField field, @Nullable Object value) {
    if (value != null) {
      field.set(builder, value.toString());
    }
  }

  private static List<NodeOverride> overrides(@Nullable List<OverrideSpec> specs) {
    List<NodeOverride> overrides = new ArrayList<>();
    for (@Nullable OverrideSpec spec : specs == null ? List.<OverrideSpec>of() : specs) {
      try {
        overrides.add(override(spec));
      } catch (SettingException e) {
        throw new SettingException("overrides[" + overrides.size() + "]." + e.field(), e.problem());
      }
    }
    return overrides;
  }

  private static NodeOverride override(@Nullable OverrideSpec spec) {
    if (spec == null) {
      throw new SettingException("name", "must not be empty");
    }
    SettingsBuilder builder = FanoutSettings.DEFAULT.toBuilder();
    set(builder, SettingField.WORKERS, spec.workers());
    set(builder, SettingField.QUEUE_SIZE, spec.queueSize());
    set(builder, SettingField.QUEUE_BYTES, spec.queueBytes());
    set(builder, SettingField.RPC_TIMEOUT, spec.rpcTimeout());
    FanoutSettings values = builder.build();
    return new NodeOverride(
        spec.name() == null ? "" : spec.name(),
        globs(spec.nodes()),
        spec.workers(),
        spec.queueSize(),
        spec.queueBytes() == null ? null : Long.valueOf(values.queueBytes()),
        spec.rpcTimeout() == null ? null : values.rpcTimeout());
  }

  /** Returns the globs; JSON's null is an empty glob, which matches nothing. */
  private static List<String> globs(@Nullable List<String> nodes) {
    return nodes == null ? List.of() : nodes.stream().map(Strings::nullToEmpty).toList();
  }
}
