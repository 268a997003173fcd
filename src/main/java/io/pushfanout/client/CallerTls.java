package io.pushfanout.client;

import io.pushfanout.tls.ReloadingTlsContext;
import org.jspecify.annotations.Nullable;

/**
 * The TLS settings of a connection to a server.
 *
 * @param live trusted CAs, and the client certificate for servers that request one; its owner
 *     closes it
 * @param serverName the name that the server's certificate must be for; null: the dialled host
 */
public record CallerTls(ReloadingTlsContext live, @Nullable String serverName) {}
