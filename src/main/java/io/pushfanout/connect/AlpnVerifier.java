package io.pushfanout.connect;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pushfanout.tls.HandshakeFailure;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Stands between TLS and HTTP/2: no connection without ALPN's h2, and none that outlives its close.
 */
final class AlpnVerifier extends ChannelDuplexHandler {
  private final SslHandler tls;
  private final Consumer<String> onFailure;

  private AlpnVerifier(SslHandler tls, Consumer<String> onFailure) {
    this.tls = tls;
    this.onFailure = onFailure;
  }

  /**
   * Puts TLS before HTTP/2, whose preface waits there for the end of the handshake.
   *
   * @param name whom the node's certificate has to be for
   * @param onFailure told on the loop, in one line for people, why TLS failed, in the handshake or
   *     by an alert after it; perhaps more than once
   */
  static ChannelHandler before(
      ChannelHandler http2, SslContext context, String name, int port, Consumer<String> onFailure) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        SslHandler tls = context.newHandler(channel.alloc(), name, port);
        // The dial has a timeout of its own.
        tls.setHandshakeTimeoutMillis(0);
        channel.pipeline().addLast(tls, new AlpnVerifier(tls, onFailure), http2);
      }
    };
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (!handshake.isSuccess()) {
        onFailure.accept(line(handshake.cause()));
      } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
        onFailure.accept("the node's TLS does not offer HTTP/2 (ALPN h2)");
      }
    }
    super.userEventTriggered(ctx, event);
  }

  /** Why TLS failed, for people. */
  static String line(Throwable cause) {
    return PeerMessage.line(
        HandshakeFailure.why(cause).orElseGet(() -> "TLS: " + PeerMessage.reason(cause)));
  }

  /** An alert that comes after the handshake, such as of a node that wants our certificate. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException && cause.getCause() instanceof SSLException alert) {
      onFailure.accept(line(alert));
      ctx.fireExceptionCaught(alert);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  /**
   * TLS would hold the channel open until its goodbye is sent. That is well while nothing waits
   * before the goodbye; but calls whose frames the kernel has not taken are given back as never
   * sent, so these must not leave any more.
   */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    var unsent = ctx.channel().unsafe().outboundBuffer();
    if (unsent == null || unsent.isEmpty()) {
      ctx.close(promise);
    } else {
      ctx.pipeline().context(tls).close(promise);
    }
  }
}
