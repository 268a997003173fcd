package io.pushfanout.operator.client;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ClusterBuilder;
import io.fabric8.kubernetes.client.Config;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A converter of a kubeconfig user to client configuration: credentials and impersonation. */
final class KubeconfigUser {
  private KubeconfigUser() {}

  /**
   * Applies the user to the configuration of a client.
   *
   * @param cluster cluster for plugins that need its data
   * @throws ClusterException with the name of the field that is broken or not supported
   */
  static void apply(AuthInfo user, FileField at, Cluster cluster, Config config) {
    if (user.getAuthProvider() != null) {
      throw at.unsupported("auth-provider");
    }
    if (isSet(user.getAsUid())) {
      throw at.unsupported("as-uid");
    }
    certificate(
        config,
        at,
        at.certificates(
            "client-certificate", user.getClientCertificate(), user.getClientCertificateData()),
        at.key("client-key", user.getClientKey(), user.getClientKeyData()));
    if (isSet(user.getTokenFile())) {
      config.setOauthTokenProvider(
          TokenFile.open(at.file(user.getTokenFile()), at.field("tokenFile")));
    } else if (isSet(user.getToken())) {
      config.setOauthToken(TokenFile.checked(user.getToken(), at.field("token")));
    } else if (user.getExec() != null) {
      // Plugins receive the contents of the CA file, as from kubectl.
      Cluster forPlugins =
          new ClusterBuilder(cluster).withCertificateAuthorityData(config.getCaCertData()).build();
      plugin(config, at, new ExecPlugin(user.getExec(), at, forPlugins));
    }
    config.setUsername(user.getUsername());
    config.setPassword(user.getPassword());
    actAs(config, user);
  }

  private static void plugin(Config config, FileField at, ExecPlugin plugin) {
    ExecPlugin.Credential first = plugin.credential();
    if (first.certificate() != null) {
      String from = at.field("exec");
      certificate(
          config,
          at,
          Pem.certificates(bytes(first.certificate()), from + ": clientCertificateData"),
          Pem.key(bytes(String.valueOf(first.key())), from + ": clientKeyData"));
    }
    if (first.token() != null) {
      config.setOauthTokenProvider(plugin);
    }
  }

  private static byte[] bytes(String pem) {
    return pem.getBytes(StandardCharsets.UTF_8);
  }

  private static void certificate(
      Config config, FileField at, @Nullable String certificate, @Nullable PrivateKey key) {
    if ((certificate == null) != (key == null)) {
      throw new ClusterException(
          at.name() + ": client-certificate and client-key need each other, one is missing");
    }
    if (certificate != null && key != null) {
      config.setClientCertData(certificate);
      config.setClientKeyData(Pem.encoded(key));
      config.setClientKeyAlgo(key.getAlgorithm());
    }
  }

  private static void actAs(Config config, AuthInfo user) {
    if (isSet(user.getAs())) {
      config.setImpersonateUsername(user.getAs());
    }
    if (user.getAsGroups() != null && !user.getAsGroups().isEmpty()) {
      config.setImpersonateGroups(user.getAsGroups().toArray(String[]::new));
    }
    if (user.getAsUserExtra() != null && !user.getAsUserExtra().isEmpty()) {
      config.setImpersonateExtras(Map.copyOf(user.getAsUserExtra()));
    }
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isEmpty();
  }
}
