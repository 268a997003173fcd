package io.pushfanout.http;

import io.pushfanout.server.CallerLink;
import io.pushfanout.server.guard.CallerConnection;
import io.pushfanout.server.guard.CallerKey;
import io.pushfanout.server.guard.PeerNames;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The caller of one request, on the request's loop. */
final class HttpCaller implements CallerLink {
  private final Context loop;
  private final @Nullable SocketAddress address;
  private final CallerConnection credentials;

  /**
   * @param loop the context of the request
   */
  HttpCaller(HttpServerRequest request, Context loop) {
    this.loop = loop;
    this.address = address(request.remoteAddress());
    SSLSession tls = request.sslSession();
    this.credentials = new CallerConnection(tls == null ? null : PeerNames.of(tls), network());
  }

  private static @Nullable SocketAddress address(io.vertx.core.net.@Nullable SocketAddress remote) {
    if (remote == null || remote.hostAddress() == null) {
      return null;
    }
    // A link-local address is parsed without its interface.
    String host = remote.hostAddress().replaceFirst("%.*", "");
    return new InetSocketAddress(InetAddress.ofLiteral(host), remote.port());
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return address;
  }

  @Override
  public Object network() {
    return CallerKey.network(address);
  }

  @Override
  public CallerConnection caller() {
    return credentials;
  }

  /** Returns false: each result is a turn of its own, so that other requests get theirs. */
  @Override
  public boolean isOnLoop() {
    return false;
  }

  @Override
  public void execute(Runnable task) {
    loop.runOnContext(_ -> task.run());
  }
}
