package io.pushfanout.client;

import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.tls.GrpcTlsCredentials;
import org.jspecify.annotations.Nullable;

/** A factory for channels to servers. */
final class Channels {
  private Channels() {}

  /**
   * @param tls null: no TLS
   */
  static NettyChannelBuilder to(NodeAddress server, @Nullable CallerTls tls) {
    if (tls == null) {
      return NettyChannelBuilder.forAddress(
          server.host(), server.port(), InsecureChannelCredentials.create());
    }
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(
            server.host(), server.port(), GrpcTlsCredentials.client(tls.live()));
    return tls.serverName() == null ? builder : builder.overrideAuthority(tls.serverName());
  }
}
