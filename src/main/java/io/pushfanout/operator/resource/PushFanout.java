package io.pushfanout.operator.resource;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import io.pushfanout.model.SettingException;
import org.jspecify.annotations.Nullable;

/** A fanout with its settings, as a custom resource. */
@JsonDeserialize(using = PushFanoutReader.class)
@Group("pushfanout.io")
@Version("v1alpha1")
@ShortNames("pf")
@Categories("pushfanout")
@ValidationRule(
    value = "self.metadata.name.matches('^[^.]{1,63}([.][^.]{1,63})*$')",
    message = "metadata.name: must have at most 63 characters between dots")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Nodes",
    jsonPath = ".status.nodes",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Connected",
    jsonPath = ".status.readyNodes",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Slow",
    jsonPath = ".status.slowNodes",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Workers",
    jsonPath = ".spec.workers",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Queue",
    jsonPath = ".spec.queueSize",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
    type = AdditionalPrinterColumn.Type.STRING,
    priority = 1)
public final class PushFanout extends CustomResource<PushFanoutSpec, PushFanoutStatus>
    implements Namespaced {
  private transient @Nullable SettingException refusal;

  /** Marks the spec as unreadable, with the reason. */
  void refuse(SettingException why) {
    refusal = why;
  }

  /** Returns why the spec cannot be read; null when it can. */
  public @Nullable SettingException refusal() {
    return refusal;
  }

  /** Returns null, so that a patch of the status carries no spec. */
  @Override
  protected @Nullable PushFanoutSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable PushFanoutStatus initStatus() {
    return null;
  }
}
