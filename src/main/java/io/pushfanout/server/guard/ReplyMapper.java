package io.pushfanout.server.guard;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.pushfanout.broadcast.BroadcastResult.Reason;
import io.pushfanout.broadcast.BroadcastResult.Refused;
import io.pushfanout.model.BroadcastOutcome;
import io.pushfanout.protocol.BroadCastReply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A mapper of the engine's results to replies and statuses of gRPC. */
public final class ReplyMapper {
  private ReplyMapper() {}

  /**
   * A reply with its outcome. Thousands of calls in a second have the same reply: it is made and
   * encoded once.
   */
  private record Made(BroadcastOutcome outcome, BroadCastReply reply) {}

  private static volatile @Nullable Made last;

  public static BroadCastReply reply(BroadcastOutcome outcome) {
    Made same = last;
    if (same == null || !same.outcome.equals(outcome)) {
      same = new Made(outcome, newReply(outcome));
      last = same;
    }
    return same.reply;
  }

  private static BroadCastReply newReply(BroadcastOutcome outcome) {
    return BroadCastReply.newBuilder()
        .setCode(code(outcome.code()))
        .setMsg(outcome.code().name())
        .setDesc(sentence(outcome))
        .setNodes(outcome.nodes())
        .setAccepted(outcome.accepted())
        .setDropped(outcome.dropped())
        .addAllDroppedNodes(outcome.droppedNodes())
        .build();
  }

  private static String code(BroadcastOutcome.Code code) {
    return switch (code) {
      case OK -> "0";
      case PARTIAL -> "1";
      case DROPPED -> "2";
      case NO_NODES -> "3";
    };
  }

  private static String sentence(BroadcastOutcome outcome) {
    String nodes = outcome.nodes() == 1 ? "1 node" : outcome.nodes() + " nodes";
    return switch (outcome.code()) {
      case OK -> outcome.accepted() + " of " + nodes + " took the message.";
      case PARTIAL ->
          outcome.accepted()
              + " of "
              + nodes
              + " took the message; "
              + outcome.dropped()
              + " dropped it.";
      case DROPPED -> "None of " + nodes + " took the message.";
      case NO_NODES -> "There is no node to take the message.";
    };
  }

  public static void refuse(ServerCall<?, ?> call, Refused refused) {
    call.close(status(refused), trailers(refused));
  }

  private static Status status(Refused refused) {
    return code(refused.reason()).withDescription(refused.message());
  }

  /** Returns the trailers of a status: the delay until a retry, as {@code google.rpc.RetryInfo}. */
  private static Metadata trailers(Refused refused) {
    Duration after = refused.retryAfter();
    if (after == null) {
      return new Metadata();
    }
    RetryInfo retryInfo =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(after.getSeconds())
                    .setNanos(after.getNano()))
            .build();
    com.google.rpc.Status details =
        com.google.rpc.Status.newBuilder()
            .setCode(code(refused.reason()).getCode().value())
            .setMessage(refused.message())
            .addDetails(Any.pack(retryInfo))
            .build();
    Metadata trailers = StatusProto.toStatusException(details).getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }

  private static Status code(Reason reason) {
    return switch (reason) {
      case TARGET_REQUIRED -> Status.INVALID_ARGUMENT;
      case UNKNOWN_TARGET -> Status.NOT_FOUND;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case REJECTED, LIMITED -> Status.RESOURCE_EXHAUSTED;
    };
  }
}
