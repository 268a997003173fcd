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
 * A handler between TLS and HTTP/2: fails a connection without ALPN's h2, and lets none outlive its
 * close.
 */
final class AlpnVerifier extends ChannelDuplexHandler {
  private final SslHandler tls;
  private final Consumer<String> onFailure;

  private AlpnVerifier(SslHandler tls, Consumer<String> onFailure) {
    this.tls = tls;
    this.onFailure = onFailure;
  }

  /**
   * Puts TLS before HTTP/2; the HTTP/2 preface waits there for the end of the handshake.
   *
   * @param name the name that the node's certificate must be for
   * @param onFailure receiver of the reason, one line for people, when TLS fails in the handshake
   *     or by an alert after it; called on the loop, perhaps more than once
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

  /** Returns the reason of a TLS failure, for people. */
  private static String line(Throwable cause) {
    return PeerMessage.line(
        HandshakeFailure.why(cause).orElseGet(() -> "TLS: " + PeerMessage.reason(cause)));
  }

  /**
   * Reports an alert after the handshake, such as from a node that requires a client certificate.
   */
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
   * Closes the channel. TLS would hold it open until its close_notify is sent, which is right while
   * no bytes wait before that. Calls with frames that the kernel has not taken are given back as
   * never sent, so these frames must not leave any more.
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
