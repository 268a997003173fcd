package io.pushfanout.server.guard;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.tls.HandshakeFailure;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter of callers' TLS handshakes that fail. A connection that sends nothing, such as a probe
 * of the port, has begun none.
 */
public final class TlsHandshakeMetrics {
  /** Adders by problem; the map itself never changes. */
  private final Map<HandshakeProblem, LongAdder> failures = new EnumMap<>(HandshakeProblem.class);

  TlsHandshakeMetrics() {
    for (HandshakeProblem problem : HandshakeProblem.values()) {
      failures.put(problem, new LongAdder());
    }
  }

  /** Returns the failures so far, by problem. From any thread. */
  public Map<HandshakeProblem, Long> failures() {
    Map<HandshakeProblem, Long> counts = new EnumMap<>(HandshakeProblem.class);
    failures.forEach((problem, adder) -> counts.put(problem, adder.sum()));
    return counts;
  }

  /**
   * Returns a handler for the head of one connection's pipeline, which it leaves with the first
   * bytes.
   */
  ChannelHandler meter() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
          tls.handshakeFuture().addListener(ended -> count(tls, ended));
        }
        context.pipeline().remove(this);
        context.fireChannelRead(message);
      }
    };
  }

  private void count(SslHandler tls, Future<?> ended) {
    if (!ended.isSuccess()) {
      count(HandshakeFailure.problem(ended.cause()));
    } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
      // The server closes such a connection.
      count(HandshakeProblem.NOTHING_IN_COMMON);
    }
  }

  private void count(HandshakeProblem problem) {
    requireNonNull(failures.get(problem)).increment();
  }
}
