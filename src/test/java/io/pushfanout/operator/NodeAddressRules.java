package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;

/**
 * The rules for {@code model.NodeAddress}, in the API server. Two spellings of one address cannot
 * be compared by a rule: the reader of the resource finds them.
 *
 * <p>The API server bounds the worst cost of a rule, which grows with the length of its regular
 * expressions; so there are several small rules.
 */
final class NodeAddressRules {
  /** The maximum length of an address: a host of 253 characters and its dot, a colon and a port. */
  private static final long LENGTH = 260;

  private static final String LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

  private NodeAddressRules() {}

  static void addTo(JSONSchemaProps address) {
    address.setMaxLength(LENGTH);
    address.setXKubernetesValidations(
        List.of(
            CelRule.of(
                matches("^(" + LABEL + "([.]" + LABEL + ")*[.]?|[[][0-9A-Fa-f:.]*[]]):[0-9]{1,5}$")
                    + " && int(self.substring(self.lastIndexOf(':') + 1)) >= 1"
                    + " && int(self.substring(self.lastIndexOf(':') + 1)) <= 65535",
                "must be host:port with a port from 1 to 65535, an IPv6 host in brackets"),
            CelRule.of(
                "self.startsWith('[') || self.lastIndexOf(':') <= (self.contains('.:') ? 254 :"
                    + " 253)",
                "must have a host of at most 253 characters"),
            CelRule.of(
                "!"
                    + matches("(^|[.])[0-9]+[.]?:[0-9]+$")
                    + " || "
                    + matches("^" + IpRules.IPV4 + "[.]?:"),
                "must have a host name, or an IPv4 address of four numbers"),
            CelRule.of(
                "!self.startsWith('[') || " + IpRules.hasIpv6Groups("self"),
                "must have an IPv6 address"),
            CelRule.of(
                "!self.startsWith('[') || " + IpRules.hasIpv6Length("self"),
                "must have an IPv6 address")));
  }

  private static String matches(String regex) {
    return IpRules.matches("self", regex);
  }
}
