package io.pushfanout.audit;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One broadcast call that has ended. It holds no message and no token, and at most five texts of
 * {@value #TEXT_MAX} characters; longer ones are cut.
 *
 * @param endMillis the end of the call, in milliseconds since 1970
 * @param caller the identity, such as {@code token:billing}; null where none was established
 * @param method the method's name in the service
 * @param target the target as the call named it; null where the call named none
 * @param room the room of a valid message; null without one
 * @param bytes the size of the encoded request; null if the request did not arrive whole
 * @param outcome the outcome as the metrics count it
 * @param status the name of the gRPC status code
 * @param messageId the id that the caller gave the message
 * @param reason the text of the status; null with status OK
 * @param answered whether the queues of the nodes have decided about the message
 */
public record AuditRecord(
    long endMillis,
    @Nullable String caller,
    @Nullable InetAddress address,
    String method,
    @Nullable String target,
    @Nullable String room,
    @Nullable Long bytes,
    String outcome,
    String status,
    @Nullable String messageId,
    @Nullable String reason,
    boolean answered) {

  /** Characters of one text: more than the longest fanout or service account has. */
  public static final int TEXT_MAX = 400;

  public AuditRecord {
    caller = cut(caller);
    target = cut(target);
    room = cut(room);
    messageId = cut(messageId);
    reason = cut(reason);
  }

  /** Returns the text itself, or its first characters and an ellipsis. */
  public static @Nullable String cut(@Nullable String text) {
    if (text == null || text.length() <= TEXT_MAX) {
      return text;
    }
    int end = TEXT_MAX - 1;
    // Half of a surrogate pair is no character.
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + '…';
  }
}
