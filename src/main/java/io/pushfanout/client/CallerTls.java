package io.pushfanout.client;

import io.pushfanout.tls.LiveTls;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a server.
 *
 * @param live whom to trust, and who we are where the server asks; its owner closes it
 * @param serverName whom the server's certificate has to be for; null: the host that is dialled
 */
public record CallerTls(LiveTls live, @Nullable String serverName) {}
