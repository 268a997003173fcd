package io.pushfanout.server;

import io.netty.buffer.ByteBuf;
import io.pushfanout.http2.ServerStream;

/** A request that is refused by its headers alone. */
final class RefusedStream extends ServerStream {
  private final CallRouter.Route.Refused route;
  private final CallerSession session;

  RefusedStream(CallRouter.Route.Refused route, CallerSession session) {
    this.route = route;
    this.session = session;
  }

  @Override
  protected void onOpen() {
    CallMeter.Counts counts = route.counts();
    if (counts != null) {
      counts.started();
      counts.handled(route.code());
    }
    session.connection().reply(this, route.reply());
  }

  @Override
  protected void onData(ByteBuf data, boolean end) {
    // Bytes come only while flow control holds the reply back.
    session.connection().consumed(this, data.readableBytes());
  }

  @Override
  protected void onCancelled() {}
}
