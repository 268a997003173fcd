package io.pushfanout.tls;

import io.netty.handler.ssl.SslContext;
import javax.net.ssl.SSLException;

/**
 * The lifetime of TLS sessions, the shortest possible. A resumed session skips certificate checks,
 * so the JDK's lifetime of 24 h would accept callers of a removed authority. Lasting connections do
 * not need resumption.
 */
public final class TlsSessions {
  /** Lifetime of a session in seconds. */
  private static final int SECONDS = 1;

  static {
    // The JDK accepts a ticket of TLS 1.2 for the life of its ticket key, whatever the session's
    // lifetime. Without tickets the server keeps sessions itself, and they expire.
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
  }

  private TlsSessions() {}

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
