package io.pushfanout.kube;

import io.pushfanout.concurrent.Threads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A way to an API server that turns the addresses of pods into those of loopback, as a network
 * would lead packets there: the API server takes no loopback address into an EndpointSlice. Clients
 * speak to it in plaintext.
 */
public final class PodNetwork implements AutoCloseable {
  private static final byte[] PODS = "10.99.0.".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LOOPBACK = "127.0.0.".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listening;
  private final SocketFactory tls;
  private final int target;

  public PodNetwork(ApiServer server) {
    this.target = server.port();
    try {
      this.tls = trusting(server.admin().authority()).getSocketFactory();
      this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Threads.start("pod-network", this::accept);
  }

  private static SSLContext trusting(Path authority) throws IOException {
    try (InputStream pem = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int index = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + index++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the account's kubeconfig for this way. */
  public KubeConfig way(KubeConfig account) {
    return new KubeConfig(
        "http://127.0.0.1:" + listening.getLocalPort(),
        account.authority(),
        account.token(),
        account.namespace());
  }

  /** Returns the address of a pod that listens at an address of loopback. */
  public static String pod(String loopback) {
    return loopback.replaceFirst("^127\\.0\\.0\\.", "10.99.0.");
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        try {
          Socket server = tls.createSocket(InetAddress.getLoopbackAddress(), target);
          Threads.start("pod-network-up", () -> pipe(client, server, false));
          Threads.start("pod-network-down", () -> pipe(server, client, true));
        } catch (IOException _) {
          // The API server is away, and the client sees an end.
          client.close();
        }
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  private static void pipe(Socket from, Socket to, boolean translates) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[64 << 10];
      byte[] kept = {};
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(kept);
        all.write(buffer, 0, read);
        byte[] bytes = all.toByteArray();
        int ready = translates ? translate(bytes) : bytes.length;
        out.write(bytes, 0, ready);
        out.flush();
        kept = Arrays.copyOfRange(bytes, ready, bytes.length);
      }
    } catch (IOException _) {
      // One side has gone, and the other one sees an end.
    }
  }

  /** Translates all whole addresses, and returns the length without the beginning of another. */
  private static int translate(byte[] bytes) {
    for (int at = 0; at < bytes.length; at++) {
      int matching = 0;
      while (matching < PODS.length
          && at + matching < bytes.length
          && bytes[at + matching] == PODS[matching]) {
        matching++;
      }
      if (matching == PODS.length) {
        System.arraycopy(LOOPBACK, 0, bytes, at, LOOPBACK.length);
      } else if (matching > 0 && at + matching == bytes.length) {
        return at;
      }
    }
    return bytes.length;
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
