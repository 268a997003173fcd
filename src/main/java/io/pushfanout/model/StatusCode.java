package io.pushfanout.model;

import org.jspecify.annotations.Nullable;

/**
 * The status codes of gRPC, in the order of their numbers 0 to 16 (grpc/doc/statuscodes.md).
 *
 * <p>The engine's own, so that it depends on no gRPC library.
 */
public enum StatusCode {
  OK,
  CANCELLED,
  UNKNOWN,
  INVALID_ARGUMENT,
  DEADLINE_EXCEEDED,
  NOT_FOUND,
  ALREADY_EXISTS,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION,
  ABORTED,
  OUT_OF_RANGE,
  UNIMPLEMENTED,
  INTERNAL,
  UNAVAILABLE,
  DATA_LOSS,
  UNAUTHENTICATED;

  private static final StatusCode[] BY_NUMBER = values();

  /** The code of a {@code grpc-status} header; anything but 0 to 16 is {@link #UNKNOWN}. */
  public static StatusCode ofHeader(@Nullable CharSequence grpcStatus) {
    if (grpcStatus == null || grpcStatus.isEmpty() || grpcStatus.length() > 2) {
      return UNKNOWN;
    }
    int number = 0;
    for (int i = 0; i < grpcStatus.length(); i++) {
      char digit = grpcStatus.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNKNOWN;
      }
      number = number * 10 + (digit - '0');
    }
    return number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  /** The code of something that has failed; 0 and what is no code at all is {@link #UNKNOWN}. */
  public static StatusCode ofFailure(int number) {
    return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  /** Whether another attempt may help: what {@code retry} is for. */
  public boolean retryable() {
    return this == UNAVAILABLE || this == DEADLINE_EXCEEDED;
  }
}
