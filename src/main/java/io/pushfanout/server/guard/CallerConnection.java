package io.pushfanout.server.guard;

import com.google.common.base.Ascii;
import io.pushfanout.auth.BearerToken;
import io.pushfanout.auth.Credentials;
import io.pushfanout.auth.Credentials.ClientCertificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The credentials shown on one connection: the certificate, and the token of the last call, which
 * most often is that of the next one too. On the connection's loop only, except for {@link
 * #waiting}.
 */
public final class CallerConnection {
  private static final String AUTHORIZATION = "authorization";

  private static final String SCHEME = "bearer ";

  private final Credentials withoutToken;
  private final AtomicInteger waiting = new AtomicInteger();
  private Credentials last;

  public CallerConnection(@Nullable ClientCertificate certificate, Object peer) {
    withoutToken = new Credentials(null, certificate, peer);
    last = withoutToken;
  }

  /** Returns the number of the connection's calls that wait for a decision. */
  AtomicInteger waiting() {
    return waiting;
  }

  /** Returns the credentials that a call with these headers shows. */
  public Credentials credentials(CallMetadata headers) {
    List<String> values = headers.all(AUTHORIZATION);
    if (values.size() != 1) {
      return withoutToken;
    }
    String value = values.getFirst();
    if (!Ascii.equalsIgnoreCase(
        value.substring(0, Math.min(value.length(), SCHEME.length())), SCHEME)) {
      return withoutToken;
    }
    String token = value.substring(SCHEME.length()).strip();
    if (token.isEmpty()) {
      return withoutToken;
    }
    BearerToken known = last.token();
    if (known == null || !known.is(token)) {
      last =
          new Credentials(new BearerToken(token), withoutToken.certificate(), withoutToken.peer());
    }
    return last;
  }
}
