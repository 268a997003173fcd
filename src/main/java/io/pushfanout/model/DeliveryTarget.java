package io.pushfanout.model;

/**
 * What a node is told to broadcast a delivery to: for a node that is a fan-out server itself.
 *
 * @param text {@code namespace/name} of a fanout of the node's, or {@code all}
 */
public record DeliveryTarget(String text) {
  /** The metadata of a delivery that has it. */
  public static final String METADATA = "pushfanout-target";

  /**
   * A regular expression that Kubernetes understands too; the name has {@value
   * Bounds#RESOURCE_NAME_MAX} characters at most, besides.
   */
  public static final String FORM = "(all|" + DnsLabel.FORM + "/" + DnsLabel.NAME_FORM + ")";

  private static final String ALL = "all";

  /**
   * @throws SettingException when it is neither
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
