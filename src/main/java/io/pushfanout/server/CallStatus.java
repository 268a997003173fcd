package io.pushfanout.server;

import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The status with which a call ends.
 *
 * @param message one line for people; null without one
 * @param retryAfter time after which a retry may help; null when none is known
 * @param returned whether the message has come back to a process that it has gone through, or has
 *     gone through too many
 */
public record CallStatus(
    StatusCode code, @Nullable String message, @Nullable Duration retryAfter, boolean returned) {
  public static final CallStatus OK = new CallStatus(StatusCode.OK, null, null, false);

  public static CallStatus of(StatusCode code, @Nullable String message) {
    return new CallStatus(code, message, null, false);
  }

  /** Returns the status of a message that the guard against loops refuses. */
  static CallStatus ofLoop(String why) {
    return new CallStatus(StatusCode.FAILED_PRECONDITION, why, null, true);
  }

  /** Returns the status of a refused broadcast, with the delay until a retry. */
  static CallStatus of(Refused refused) {
    return new CallStatus(code(refused.reason()), refused.message(), refused.retryAfter(), false);
  }

  private static StatusCode code(Reason reason) {
    return switch (reason) {
      case TARGET_REQUIRED -> StatusCode.INVALID_ARGUMENT;
      case UNKNOWN_TARGET -> StatusCode.NOT_FOUND;
      case ID_TAKEN -> StatusCode.ALREADY_EXISTS;
      case UNAVAILABLE -> StatusCode.UNAVAILABLE;
      case REJECTED, LIMITED -> StatusCode.RESOURCE_EXHAUSTED;
    };
  }
}
