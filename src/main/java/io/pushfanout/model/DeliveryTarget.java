package io.pushfanout.model;

import io.pushfanout.text.DnsLabel;
import io.pushfanout.text.Printable;

/**
 * The target to which a node broadcasts a delivery, for nodes that are fan-out servers.
 *
 * @param text {@code namespace/name} of one of the node's fanouts, or {@code all}
 */
public record DeliveryTarget(String text) {
  /** The metadata key of the target in a delivery. */
  public static final String METADATA = "pushfanout-target";

  /**
   * The form as a regular expression, valid for Kubernetes too; the name has at most {@value
   * Bounds#RESOURCE_NAME_MAX} characters besides.
   */
  public static final String FORM = "(all|" + DnsLabel.FORM + "/" + DnsLabel.NAME_FORM + ")";

  private static final String ALL = "all";

  /**
   * @throws SettingException if the text has neither form
   */
  public DeliveryTarget {
    if (!isValid(text)) {
      throw new SettingException(
          "delivery.target",
          "must be namespace/name of a fanout, or all, is " + Printable.quoted(text));
    }
  }

  private static boolean isValid(String text) {
    try {
      return text.equals(ALL) || FanoutName.parse(text).toString().equals(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
