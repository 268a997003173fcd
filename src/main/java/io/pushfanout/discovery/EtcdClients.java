package io.pushfanout.discovery;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.pushfanout.lookup.LookUps;
import io.pushfanout.reload.FileException;
import io.pushfanout.tls.PemContents;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;

/**
 * A factory of jetcd clients. Each client is of the next member of the cluster, from a random first
 * one, so that a fleet spreads over all members. Members behind one name take turns as those of
 * several endpoints do: a client begins with the next address of its endpoint's name, and tries the
 * other addresses when that one cannot be connected to.
 *
 * <p>A client is discarded after its first failure and never left to recover. gRPC's own backoff
 * grows to two minutes, jetcd's resumed watches may skip events or stall, and calls to a frozen
 * member would wait for it while others answer. The certificate files are read for each client, so
 * that renewed ones take effect.
 */
final class EtcdClients {
  /** Time limit of a call; jetcd itself has none. */
  static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /**
   * Interval of gRPC's pings, which find connections that {@link HealthProbe} misses, dead after
   * interval and timeout; etcd allows a ping every 5 s, gRPC every 10 s.
   */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(5);

  /** Limit of a message in bytes: several of etcd's largest values, 1.5 MiB each. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final EtcdOptions options;
  private final ExecutorService thread;
  private final LookUps lookUps;
  private final EndpointRotation rotation;

  /**
   * @param thread thread on which clients are made and calls begin; it is never blocked
   */
  EtcdClients(
      EtcdOptions options, ExecutorService thread, LookUps lookUps, RandomGenerator random) {
    this.options = options;
    this.thread = thread;
    this.lookUps = lookUps;
    this.rotation = new EndpointRotation(options.endpoints(), random);
  }

  /**
   * Opens the next client after a look-up of its endpoint's name. The result is completed on the
   * thread, with {@link IllegalStateException} when the files of the TLS options cannot be used. A
   * caller that no longer needs the client cancels the result, on the thread, or closes the client.
   */
  CompletableFuture<Client> open() {
    URI endpoint = rotation.next();
    return lookUps
        .of(this, EndpointRotation.host(endpoint), false)
        .thenApplyAsync(found -> client(endpoint, rotation.target(endpoint, found)), thread)
        .toCompletableFuture();
  }

  private Client client(URI endpoint, String target) {
    ClientBuilder builder =
        Client.builder()
            .target(target)
            .executorService(thread)
            .waitForReady(false)
            .retryMaxAttempts(0)
            .connectTimeout(CONNECT_TIMEOUT)
            .keepaliveTime(KEEPALIVE)
            .keepaliveTimeout(KEEPALIVE_TIMEOUT)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES);
    if (options.user() != null && options.password() != null) {
      builder.user(utf8(options.user())).password(utf8(options.password()));
    }
    if (options.authority() != null) {
      builder.authority(options.authority());
    }
    if ("https".equals(endpoint.getScheme())) {
      useTls(builder);
    }
    return builder.build();
  }

  private void useTls(ClientBuilder builder) {
    try {
      PemContents files = PemContents.read(options.files());
      builder.sslContext(tls -> configure(tls, files));
    } catch (FileException | SSLException | IllegalArgumentException e) {
      throw new IllegalStateException("the TLS files of etcd cannot be used", e);
    }
  }

  private static void configure(SslContextBuilder tls, PemContents files) {
    if (!files.authorities().isEmpty()) {
      tls.trustManager(files.authorities().toArray(X509Certificate[]::new));
    }
    PrivateKey key = files.key();
    if (key != null) {
      tls.keyManager(key, files.chain().toArray(X509Certificate[]::new));
    }
  }

  static ByteSequence utf8(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
