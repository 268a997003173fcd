package io.pushfanout.connect;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.reload.FileException;
import io.pushfanout.tls.PemFiles;
import io.pushfanout.tools.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Certificates of nodes on this machine, made once for each JVM, and profiles that trust them. */
final class TlsNodes {
  private static final Path DIR = directory();
  private static final Certificates PKI = new Certificates(DIR);

  static final Path CA = PKI.ca();

  /** Certificate of a node that is dialled as 127.0.0.1, localhost or node.example. */
  static final Certificates.Pair NODE =
      PKI.issue("node", "ip:127.0.0.1,dns:localhost,dns:node.example");

  /** One that has not been renewed in time. */
  static final Certificates.Pair EXPIRED = PKI.issueExpired("expired", "ip:127.0.0.1");

  /** Trusts the nodes. */
  static final TlsChoice TRUSTED = new TlsChoice("trusted", null);

  /** Trusts the nodes, and shows a certificate of the same authority. */
  static final TlsChoice KNOWN = new TlsChoice("known", null);

  private TlsNodes() {}

  private static Path directory() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "pki");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the profiles that the choices name, and {@code public}, with the JDK's authorities. */
  static TlsProfiles profiles() throws FileException {
    PemFiles trusted = new PemFiles(null, null, PKI.ca());
    PemFiles known = new PemFiles(NODE.certificate(), NODE.key(), PKI.ca());
    PemFiles publicly = new PemFiles(null, null, null);
    return TlsProfiles.open(Map.of("trusted", trusted, "known", known, "public", publicly));
  }

  /** Returns a context for {@link ScriptedNode}. */
  static SSLContext jdk() {
    return ((JdkSslContext) grpc(ClientAuth.NONE)).context();
  }

  /** Returns a context for {@link GrpcNode}. */
  static SslContext grpc(ClientAuth clients) {
    return grpc(NODE, PKI.ca(), clients);
  }

  /**
   * Returns a context with another certificate.
   *
   * @param ca the authority of the clients that the node takes
   */
  static SslContext grpc(Certificates.Pair node, Path ca, ClientAuth clients) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(node.certificate().toFile(), node.key().toFile())
              .trustManager(ca.toFile())
              .clientAuth(clients);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
