package io.pushfanout.connect;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pushfanout.tools.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Certificates of nodes on this machine, made once for each JVM, and who trusts them. */
final class TlsNodes {
  private static final Path DIR = directory();
  private static final Certificates PKI = new Certificates(DIR);

  /** Of a node that is dialled as 127.0.0.1, localhost or node.example. */
  static final Certificates.Pair NODE =
      PKI.issue("node", "ip:127.0.0.1,dns:localhost,dns:node.example");

  private TlsNodes() {}

  private static Path directory() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "pki");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client's that trusts the nodes. */
  static TlsOptions trusted() throws SSLException {
    return trusted(null);
  }

  static TlsOptions trusted(@Nullable String serverName) throws SSLException {
    return TlsOptions.of(SslContextBuilder.forClient().trustManager(PKI.ca().toFile()), serverName);
  }

  /** Trusts the nodes, and shows a certificate of the same authority. */
  static TlsOptions known() throws SSLException {
    return TlsOptions.of(
        SslContextBuilder.forClient()
            .trustManager(PKI.ca().toFile())
            .keyManager(NODE.certificate().toFile(), NODE.key().toFile()),
        null);
  }

  /** For {@link ScriptedNode}. */
  static SSLContext jdk() {
    return ((JdkSslContext) grpc(ClientAuth.NONE)).context();
  }

  /** For {@link GrpcNode}. */
  static SslContext grpc(ClientAuth clients) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(NODE.certificate().toFile(), NODE.key().toFile())
              .trustManager(PKI.ca().toFile())
              .clientAuth(clients);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
