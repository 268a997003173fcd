package io.pushfanout.server;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.StatusCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The status with which a call ends.
 *
 * @param message one line for people; null without one
 * @param details {@code google.rpc.Status} of the trailer {@code grpc-status-details-bin}; null
 *     without one
 * @param returned whether the message has come back to a process that it has gone through, or has
 *     gone through too many
 */
record CallStatus(
    StatusCode code, @Nullable String message, @Nullable ByteString details, boolean returned) {
  static final CallStatus OK = new CallStatus(StatusCode.OK, null, null, false);

  static CallStatus of(StatusCode code, @Nullable String message) {
    return new CallStatus(code, message, null, false);
  }

  /** Returns the status of a message that the guard against loops refuses. */
  static CallStatus ofLoop(String why) {
    return new CallStatus(StatusCode.FAILED_PRECONDITION, why, null, true);
  }

  /** Returns the status of a refused broadcast, with the delay until a retry. */
  static CallStatus of(Refused refused) {
    StatusCode code = code(refused.reason());
    Duration after = refused.retryAfter();
    return new CallStatus(
        code,
        refused.message(),
        after == null ? null : details(code, refused.message(), after),
        false);
  }

  private static ByteString details(StatusCode code, String message, Duration after) {
    RetryInfo retryInfo =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(after.getSeconds())
                    .setNanos(after.getNano()))
            .build();
    return com.google.rpc.Status.newBuilder()
        .setCode(code.number())
        .setMessage(message)
        .addDetails(Any.pack(retryInfo))
        .build()
        .toByteString();
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
