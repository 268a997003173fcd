package io.pushfanout.tls;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLException;

/**
 * The limit of TLS sessions. A resumed session skips certificate checks, so it would accept callers
 * of a removed authority. Lasting connections do not need resumption.
 */
public final class TlsSessions {
  /** Lifetime of a session in seconds, the shortest possible; the JDK's is 24 h. */
  private static final int SECONDS = 1;

  private TlsSessions() {}

  /** Turns tickets off. Must run before the first handshake: the JDK reads its properties once. */
  public static void turnOffTickets() {
    // Each resumption of TLS 1.3 issues a ticket for a session of its own, so a chain of them never
    // ends.
    System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
    // The JDK accepts a ticket of TLS 1.2 for the life of its ticket key, whatever the session's
    // lifetime. Without tickets the server keeps sessions itself, and they expire.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  /** A maker of a context. */
  @FunctionalInterface
  public interface ContextMaker {
    SslContext make() throws SSLException;
  }

  /** Returns the context of the maker, with sessions of the shortest life. */
  public static SslContext limit(ContextMaker maker) throws SSLException {
    SslContext context = maker.make();
    context.sessionContext().setSessionTimeout(SECONDS);
    return context;
  }
}
