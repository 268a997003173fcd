package io.pushfanout.http;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.UnsafeByteOperations;
import io.pushfanout.broadcast.BroadcastResult;
import io.pushfanout.json.BroadcastItem;
import io.pushfanout.model.Rpc;
import io.pushfanout.model.StatusCode;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.server.BroadcastCall;
import io.pushfanout.server.BroadcastVisit;
import io.pushfanout.server.CallStatus;
import io.pushfanout.server.ReplyMapper;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One broadcast of a request. All methods run on the request's loop. */
final class PostedBroadcast implements BroadcastCall.Listener {
  private final Vertx vertx;
  private final BroadcastCall call;
  private final Runnable onOffered;
  private final Consumer<ItemResult> onResult;
  private final @Nullable Duration timeout;

  /**
   * Item with its message, and its metadata; null once the message is offered, or never will be.
   */
  private @Nullable ItemMetadata unoffered;

  private @Nullable Long deadline;
  private boolean offered;
  private boolean over;

  /**
   * @param headers headers of the request
   * @param onOffered runs once, when the queues have seen the message or never will
   * @param onResult receives the result once, unless the broadcast is cancelled
   */
  PostedBroadcast(
      BroadcastVisit visit,
      BroadcastItem item,
      MultiMap headers,
      Vertx vertx,
      Runnable onOffered,
      Consumer<ItemResult> onResult) {
    ItemMetadata metadata = new ItemMetadata(item, headers);
    this.unoffered = metadata;
    this.vertx = vertx;
    this.onOffered = onOffered;
    this.onResult = onResult;
    this.timeout = item.timeout();
    this.call =
        visit.newCall(
            item.room() == null ? Rpc.BROADCAST : Rpc.BROADCAST_TO_ROOM,
            metadata,
            timeout == null ? Long.MAX_VALUE : timeout.toNanos(),
            this);
  }

  void begin() {
    if (timeout != null) {
      deadline = vertx.setTimer(timeout.toMillis(), _ -> onDeadline());
    }
    call.begin(requireNonNull(unoffered));
  }

  @Override
  public void onAdmitted() {
    BroadcastItem item = requireNonNull(requireNonNull(unoffered).item());
    unoffered = null;
    call.offer(message(item));
    offered();
  }

  private static byte[] message(BroadcastItem item) {
    Proto.Builder proto =
        Proto.newBuilder()
            .setVer(item.ver())
            .setOp(item.op())
            .setSeq(item.seq())
            .setBody(UnsafeByteOperations.unsafeWrap(item.body()));
    String room = item.room();
    return room == null
        ? BroadCastReq.newBuilder().setProto(proto).build().toByteArray()
        : BroadCastRoomReq.newBuilder()
            .setRoomId(room)
            .setProto(proto.setRoomid(room))
            .build()
            .toByteArray();
  }

  @Override
  public void onAnswered(BroadcastResult.Answered answered) {
    end(CallStatus.OK, new ItemResult.Replied(ReplyMapper.reply(answered.outcome())));
  }

  @Override
  public void onRefused(CallStatus status) {
    end(status, new ItemResult.Refused(status));
  }

  private void onDeadline() {
    onRefused(CallStatus.of(StatusCode.DEADLINE_EXCEEDED, "the broadcast's timeout has passed"));
  }

  private void end(CallStatus status, ItemResult result) {
    if (!over) {
      close(status);
      onResult.accept(result);
      offered();
    }
  }

  private void close(CallStatus status) {
    over = true;
    unoffered = null;
    if (deadline != null) {
      vertx.cancelTimer(deadline);
    }
    call.end(status);
  }

  private void offered() {
    if (!offered) {
      offered = true;
      onOffered.run();
    }
  }

  /** Ends the broadcast of a caller that has gone, as gRPC's cancellation does. */
  void cancel() {
    if (!over) {
      close(CallStatus.of(StatusCode.CANCELLED, "the caller has cancelled the call"));
    }
  }
}
