package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Objects;

/** The rules for a server's name in {@code model.TlsChoice}, in the API server. */
final class ServerNameRules {
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final String BRACKETED = "('[' + self + ']:')";

  private ServerNameRules() {}

  static void addTo(JSONSchemaProps tls) {
    var together = CelRule.of("!has(self.serverName) || has(self.profile)", "needs tls.profile");
    together.setFieldPath(".serverName");
    tls.setXKubernetesValidations(List.of(together));
    JSONSchemaProps name =
        Objects.requireNonNull(tls.getProperties().get("serverName"), "serverName");
    name.setXKubernetesValidations(
        List.of(
            CelRule.of(
                "self.contains(':') || "
                    + IpRules.matches("self", "^" + LABEL + "([.]" + LABEL + ")*$")
                    + " && (!"
                    + IpRules.matches("self", "(^|[.])[0-9]+$")
                    + " || "
                    + IpRules.matches("self", "^" + IpRules.IPV4 + "$")
                    + ")",
                "must be a DNS name or an IP address"),
            CelRule.of(
                "!self.contains(':') || " + IpRules.hasIpv6Groups(BRACKETED),
                "must be an IPv6 address"),
            CelRule.of(
                "!self.contains(':') || " + IpRules.hasIpv6Length(BRACKETED),
                "must be an IPv6 address")));
  }
}
