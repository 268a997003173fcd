package io.pushfanout.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.pushfanout.model.Bounds;
import io.pushfanout.model.Discovery;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.FanoutSettings.DeliveryInterest;
import io.pushfanout.model.FanoutSettings.DeliveryMode;
import io.pushfanout.model.OverflowPolicy;
import io.pushfanout.model.PortName;
import io.pushfanout.model.SettingField;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.PushFanoutSpec;
import io.pushfanout.operator.resource.PushFanoutStatus;
import io.pushfanout.text.DurationFormat;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Completes the generated CRD with the properties that the generator has no annotation for, and the
 * model's: defaults, enumerations, kinds of lists, the order of columns.
 */
final class CrdCompletion implements CRDPostProcessor {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> CONDITION_FIELDS =
      Map.of(
          "type", "The name of the condition.",
          "status", "True, False, or Unknown where no replica is running.",
          "reason", "The cause of the status in one CamelCase word.",
          "message", "The cause of the status in a sentence.",
          "lastTransitionTime", "The time of the last change of the status.",
          "observedGeneration", "The generation of the resource that the condition is about.");

  @Override
  public HasMetadata process(HasMetadata crd, String crdVersion) {
    CustomResourceDefinitionVersion version =
        ((CustomResourceDefinition) crd).getSpec().getVersions().getFirst();
    inDeclaredOrder(version.getAdditionalPrinterColumns());
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setDescription("A fanout: connect-nodes, and how messages are delivered to them.");
    JSONSchemaProps spec = at(root, "spec");
    spec.setDescription("The desired state; a field that is left out has its default.");
    RecordSchema.complete(PushFanoutSpec.class, spec);
    queueBytes(spec);
    defaults(spec);
    enumerations(spec);
    ServerNameRules.addTo(at(spec, "tls"));
    deliveryTarget(at(spec, "delivery.target"));
    at(spec, "overrides").setXKubernetesListType("atomic");
    at(spec, "overrides[].nodes").setXKubernetesListType("atomic");
    JSONSchemaProps nodes = at(spec, "discovery.static.nodes");
    nodes.setXKubernetesListType("set");
    NodeAddressRules.addTo(nodes.getItems().getSchema());
    JSONSchemaProps status = at(root, "status");
    status.setDescription("The observed state.");
    RecordSchema.complete(PushFanoutStatus.class, status);
    lists(status);
    return crd;
  }

  /** Restores the declared order; the generator sorts columns by their paths. */
  private static void inDeclaredOrder(List<CustomResourceColumnDefinition> columns) {
    List<String> names =
        Stream.of(PushFanout.class.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    columns.sort(Comparator.comparingInt(column -> names.indexOf(column.getName())));
  }

  private static void queueBytes(JSONSchemaProps spec) {
    BytesRules.form(at(spec, "queueBytes"));
    at(spec, "queueBytes").setXKubernetesValidations(List.of(BytesRules.bounds()));
    BytesRules.form(at(spec, "overrides[].queueBytes"));
    JSONSchemaProps overrides = at(spec, "overrides");
    overrides.setXKubernetesValidations(
        Stream.concat(
                overrides.getXKubernetesValidations().stream(),
                BytesRules.boundsOfItems("queueBytes", Bounds.OVERRIDES_MAX).stream())
            .toList());
  }

  /** Bounds the length of a part, which a pattern of labels cannot express. */
  private static void deliveryTarget(JSONSchemaProps target) {
    target.setXKubernetesValidations(
        List.of(
            CelRule.of(
                IpRules.matches(
                    "self", "^(all|[^/]*/.{1,%d})$".formatted(Bounds.RESOURCE_NAME_MAX)),
                "must be namespace/name of a fanout, or all")));
  }

  private static void defaults(JSONSchemaProps spec) {
    // A resource without a setting shows the value in force.
    spec.setDefault(json(Map.of()));
    at(spec, "retry").setDefault(json(Map.of()));
    at(spec, "delivery").setDefault(json(Map.of()));
    for (SettingField field : SettingField.values()) {
      Object value = field.show(FanoutSettings.DEFAULT);
      if (!value.equals("")) {
        setDefault(at(spec, field.path()), value);
      }
    }
    // Discovery gets no default: a default in a one-of has no owner, so no apply would remove it.
    setDefault(at(spec, "discovery.etcd.serviceName"), Discovery.Etcd.DEFAULT_SERVICE);
    setDefault(
        at(spec, "discovery.dns.refresh"), DurationFormat.format(Discovery.Dns.DEFAULT_REFRESH));
    port(at(spec, "discovery.endpointSlices.port"));
    setDefault(at(spec, "discovery.endpointSlices.port"), Discovery.EndpointSlices.DEFAULT_PORT);
    for (String kind : List.of("etcd", "endpointSlices", "dns")) {
      setDefault(
          at(spec, "discovery." + kind + ".removalGracePeriod"),
          DurationFormat.format(Discovery.Watched.DEFAULT_GRACE));
    }
  }

  /** Sets the form of a port's name or number. */
  private static void port(JSONSchemaProps field) {
    field.setType(null);
    field.setXKubernetesIntOrString(true);
    field.setPattern("^" + PortName.FORM + "$");
    field.setMaxLength((long) Bounds.PORT_NAME_MAX);
    field.setMinimum((double) Bounds.PORT_MIN);
    field.setMaximum((double) Bounds.PORT_MAX);
  }

  private static void setDefault(JSONSchemaProps field, Object value) {
    field.setDefault(json(value));
    field.setDescription(field.getDescription() + " Default: " + value + ".");
  }

  private static void enumerations(JSONSchemaProps spec) {
    at(spec, "overflowPolicy")
        .setEnum(Arrays.stream(OverflowPolicy.values()).map(v -> json(v.specName())).toList());
    at(spec, "delivery.mode")
        .setEnum(Arrays.stream(DeliveryMode.values()).map(v -> json(v.specName())).toList());
    at(spec, "delivery.interest")
        .setEnum(Arrays.stream(DeliveryInterest.values()).map(v -> json(v.specName())).toList());
  }

  private static void lists(JSONSchemaProps status) {
    JSONSchemaProps conditions = at(status, "conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    // The schema is that of Kubernetes' own type, whose annotations fabric8's type lacks.
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setDescription("One aspect of the resource.");
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    CONDITION_FIELDS.forEach((name, text) -> at(condition, name).setDescription(text));
    RecordSchema.boundedCount(at(condition, "observedGeneration"));
    at(condition, "lastTransitionTime").setFormat("date-time");
    at(condition, "status")
        .setEnum(Stream.of("True", "False", "Unknown").map(CrdCompletion::json).toList());
    JSONSchemaProps replicas = at(status, "replicas");
    replicas.setXKubernetesListType("map");
    replicas.setXKubernetesListMapKeys(List.of("name"));
    at(status, "replicas[].problems").setXKubernetesListType("atomic");
  }

  /** Returns the schema at a path such as {@code overrides[].nodes}. */
  private static JSONSchemaProps at(JSONSchemaProps schema, String path) {
    JSONSchemaProps at = schema;
    for (String name : Splitter.on('.').split(path)) {
      at = Objects.requireNonNull(at.getProperties().get(name.replace("[]", "")), path);
      if (name.endsWith("[]")) {
        at = at.getItems().getSchema();
      }
    }
    return at;
  }

  private static JsonNode json(Object value) {
    return JSON.valueToTree(value);
  }
}
