package io.pushfanout.operator.client;

import com.google.common.base.Throwables;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An API server, and how to reach it.
 *
 * @param config of its client; its owner sets timeouts
 * @param tlsName that its certificate has; null: that of the address
 * @param where the server, the proxy before it and what named them, for messages
 */
public record Cluster(Config config, @Nullable String tlsName, String where) {
  /** Of the list of all resources, by a slow network. */
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(15);

  /**
   * A client that its owner closes; connects with the first request.
   *
   * @param serialization decodes and encodes what the client receives and sends
   * @throws ClusterException where the keys or certificates are no good to the client library
   */
  public KubernetesClient client(KubernetesSerialization serialization) {
    return client(serialization, BODY_TIMEOUT);
  }

  KubernetesClient client(KubernetesSerialization serialization, Duration bodyTimeout) {
    try {
      KubernetesClientBuilder builder =
          new KubernetesClientBuilder()
              .withConfig(config)
              .withKubernetesSerialization(serialization)
              .withHttpClientBuilderConsumer(
                  http ->
                      http.addOrReplaceInterceptor(BodyTimeout.NAME, new BodyTimeout(bodyTimeout)));
      if (tlsName != null) {
        builder.withHttpClientFactory(
            new NamedClients(NamedTls.of(SSLUtils.sslContext(config), tlsName)));
      }
      return builder.build();
    } catch (RuntimeException | IOException | GeneralSecurityException e) {
      throw new ClusterException(
          "no client of %s can be made: %s"
              .formatted(where, Throwables.getRootCause(e).getMessage()),
          e);
    }
  }

  /** The library's own takes no name. */
  private static final class NamedClients extends JdkHttpClientFactory {
    private final SSLContext tls;

    NamedClients(SSLContext tls) {
      this.tls = tls;
    }

    @Override
    protected void additionalConfig(HttpClient.Builder builder) {
      builder.sslContext(tls);
    }
  }
}
