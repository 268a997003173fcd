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
 * An API server and the configuration to reach it.
 *
 * @param config configuration of the client; the owner of the client sets timeouts
 * @param tlsName name in the server's certificate; null: the name of the address
 * @param where server, its proxy and the source that named them, for messages
 */
public record Cluster(Config config, @Nullable String tlsName, String where) {
  /** Time for the body of a list of all resources over a slow network. */
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(10);

  /**
   * Creates a client that its owner closes. The client connects with the first request.
   *
   * @param serialization codec of the objects that the client receives and sends
   * @throws ClusterException when the client library rejects the keys or certificates
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
                      // A request without an answer closes its connection in HTTP/1.1. In HTTP/2,
                      // every later request would wait on that connection, for a quarter of an hour
                      // where a firewall has forgotten it.
                      http.preferHttp11()
                          .addOrReplaceInterceptor(BodyTimeout.NAME, new BodyTimeout(bodyTimeout)));
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

  /** A client factory with a given TLS context: the library's factory has no server name. */
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
