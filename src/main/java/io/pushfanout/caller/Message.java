package io.pushfanout.caller;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What to broadcast, and to whom.
 *
 * @param room null is every user
 * @param op the message's {@code op}, which only the users' side understands
 * @param target {@code <namespace>/<name>} or {@code all}; null leaves it to the server
 */
public record Message(@Nullable String room, int op, ByteString body, @Nullable String target) {}
