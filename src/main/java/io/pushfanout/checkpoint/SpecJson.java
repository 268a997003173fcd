package io.pushfanout.checkpoint;

import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSpec;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeOverride;
import io.pushfanout.model.SettingField;
import io.pushfanout.model.SpecBytes;
import io.pushfanout.model.SpecDuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The JSON of a spec in the form of the resource, with the value in force of every field. */
final class SpecJson {
  private SpecJson() {}

  static JsonObject resource(FanoutSpec spec) {
    // An empty value means that the field is left out.
    JsonObject fields =
        new JsonObject(SettingField.nested(spec.settings(), value -> !value.equals("")));
    fields.put("discovery", discovery(spec.discovery()));
    if (!spec.overrides().isEmpty()) {
      JsonArray overrides = new JsonArray();
      spec.overrides().forEach(override -> overrides.add(override(override)));
      fields.put("overrides", overrides);
    }
    return new JsonObject()
        .put("apiVersion", "pushfanout.io/v1alpha1")
        .put("kind", "PushFanout")
        .put(
            "metadata",
            new JsonObject()
                .put("namespace", spec.name().namespace())
                .put("name", spec.name().name()))
        .put("spec", fields);
  }

  private static JsonObject discovery(Discovery discovery) {
    return switch (discovery) {
      case Discovery.Etcd etcd -> {
        JsonObject fields =
            new JsonObject()
                .put("serviceName", etcd.serviceName())
                .put("removalGracePeriod", SpecDuration.format(etcd.removalGracePeriod()));
        if (etcd.prefix() != null) {
          fields.put("prefix", etcd.prefix());
        }
        yield new JsonObject().put("etcd", fields);
      }
      case Discovery.Static fixed -> {
        JsonArray nodes = new JsonArray();
        fixed.nodes().stream().sorted().map(NodeAddress::toString).forEach(nodes::add);
        yield new JsonObject().put("static", new JsonObject().put("nodes", nodes));
      }
    };
  }

  private static JsonObject override(NodeOverride override) {
    JsonArray nodes = new JsonArray();
    override.nodes().forEach(nodes::add);
    JsonObject json = new JsonObject().put("name", override.name()).put("nodes", nodes);
    if (override.workers() != null) {
      json.put(SettingField.WORKERS.path(), override.workers());
    }
    if (override.queueSize() != null) {
      json.put(SettingField.QUEUE_SIZE.path(), override.queueSize());
    }
    if (override.queueBytes() != null) {
      json.put(SettingField.QUEUE_BYTES.path(), SpecBytes.format(override.queueBytes()));
    }
    if (override.rpcTimeout() != null) {
      json.put(SettingField.RPC_TIMEOUT.path(), SpecDuration.format(override.rpcTimeout()));
    }
    return json;
  }
}
