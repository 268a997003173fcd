package io.pushfanout.connect;

import io.netty.channel.EventLoop;
import io.pushfanout.lookup.LookUps;
import java.net.UnknownHostException;

/** A resolver that looks names up as the machine does: hosts file, search domains, name servers. */
final class SystemNameResolver implements NameResolver {
  private final LookUps lookUps;

  SystemNameResolver(LookUps lookUps) {
    this.lookUps = lookUps;
  }

  @Override
  public void resolve(Object party, String host, boolean fresh, EventLoop loop, Answer answer) {
    var _ =
        lookUps
            .of(party, host, fresh)
            .whenCompleteAsync(
                (addresses, failure) -> {
                  if (failure == null) {
                    answer.found(addresses);
                  } else {
                    answer.failed(why(host, failure));
                  }
                },
                loop);
  }

  private static String why(String host, Throwable failure) {
    return failure instanceof UnknownHostException
        ? "unknown host " + host
        : "cannot look up " + host + ": " + PeerMessage.reason(failure);
  }
}
