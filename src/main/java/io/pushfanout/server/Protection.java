package io.pushfanout.server;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.pushfanout.access.Access;
import org.jspecify.annotations.Nullable;

/**
 * How the port is protected.
 *
 * @param credentials what it speaks
 * @param access who may broadcast; null: whoever reaches the port
 */
public record Protection(ServerCredentials credentials, @Nullable Access access) {
  /** Plaintext, and nobody is asked. */
  public static final Protection NONE = of(null);

  /** Plaintext. */
  public static Protection of(@Nullable Access access) {
    return new Protection(InsecureServerCredentials.create(), access);
  }
}
