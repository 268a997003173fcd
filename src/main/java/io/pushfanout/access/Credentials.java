package io.pushfanout.access;

import org.jspecify.annotations.Nullable;

/**
 * What a caller shows of itself, and where it comes from.
 *
 * @param token of {@code authorization: Bearer …}; null when there is none, or more than one
 * @param certificate of the connection, which TLS has found to be signed by a trusted authority;
 *     null when there is none
 * @param peer equal for the connections of one host; says nothing of who it is
 */
public record Credentials(
    @Nullable BearerToken token, @Nullable ClientCertificate certificate, Object peer) {

  static final Decision.Unauthenticated NO_TOKEN =
      new Decision.Unauthenticated(
          "no bearer token: send the metadata authorization: Bearer <token>, once");
}
