package io.pushfanout.http;

import com.google.common.net.HttpHeaders;
import com.google.common.primitives.Longs;
import io.pushfanout.concurrent.LogLimit;
import io.pushfanout.json.BroadcastDocument;
import io.pushfanout.json.BroadcastDocument.Item;
import io.pushfanout.json.BroadcastItem;
import io.pushfanout.json.BroadcastReader;
import io.pushfanout.management.Answer;
import io.pushfanout.model.StatusCode;
import io.pushfanout.server.BroadcastEntry;
import io.pushfanout.server.BroadcastVisit;
import io.pushfanout.server.CallStatus;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One POST of broadcasts: its caller is identified before its body is read, and its body is read
 * whole before its first item is offered. Items are offered one after the other; none waits for the
 * result of another.
 *
 * <p>All methods run on the request's loop.
 */
final class PostedRequest implements PostedBody.Reader {
  private static final Logger log = LoggerFactory.getLogger(PostedRequest.class);
  private static final LogLimit failures = new LogLimit(10, System::nanoTime);

  /** Bytes up to which a body is read on the loop itself. */
  private static final int SMALL_BYTES = 256 << 10;

  /** Bytes of a refused body that are read and thrown away, so that its connection stays. */
  private static final int THROWN_AWAY_MAX = 64 << 10;

  /** Time in which a refused sender may read the response before its connection is closed. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final int REQUEST_TIMEOUT = 408;

  private final HttpServerRequest request;
  private final Vertx vertx;
  private final Context loop;
  private final Consumer<Answer> reply;
  private final HttpCaller caller;
  private final BroadcastVisit visit;
  private final PostedBody body;
  private final long maxBytes;
  private final List<PostedBroadcast> begun = new ArrayList<>();

  /** Items that are not offered yet, in their order. */
  private final Queue<Item> left = new ArrayDeque<>();

  private boolean isList;
  private @Nullable ItemResult[] results = {};
  private int pending;
  private boolean over;

  /**
   * @param reply sends the response; called once, unless the caller goes
   */
  PostedRequest(
      BroadcastEntry entry, HttpServerRequest request, Vertx vertx, Consumer<Answer> reply) {
    this.request = request;
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.reply = reply;
    this.caller = new HttpCaller(request, loop);
    this.visit = entry.visit(caller, ItemMetadata.of(request.headers()));
    this.maxBytes = 2L * entry.maxMessageSize();
    this.body = new PostedBody(entry, caller.network(), maxBytes, this);
  }

  void begin() {
    request.pause();
    request.exceptionHandler(_ -> gone());
    request.response().closeHandler(_ -> gone());
    visit.identify(this::identified);
  }

  private void identified(@Nullable CallStatus refusal) {
    if (over) {
      return;
    }
    if (refusal != null) {
      refuseUnread(Answers.refused(refusal));
    } else if (announcedBytes() > maxBytes) {
      onTooLarge();
    } else {
      if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
        request.response().writeContinue();
      }
      body.read(request);
    }
  }

  /** Returns the announced length; 0 without one. */
  private long announcedBytes() {
    String text = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    Long length = text == null ? null : Longs.tryParse(text);
    return length == null ? 0 : length;
  }

  // ---- the body

  @Override
  public void onTooLarge() {
    refuseUnread(Answers.refused(visit.refuseTooLarge(maxBytes)));
  }

  @Override
  public void onNoRoom() {
    refuseUnread(Answers.refused(visit.refuseNoRoom()));
  }

  @Override
  public void onLate(String why) {
    loop.runOnContext(
        _ -> {
          if (!over && !body.isOver()) {
            body.stop();
            refuseUnread(Answers.refused(REQUEST_TIMEOUT, visit.refuseIncomplete(why)));
          }
        });
  }

  @Override
  public void onWhole(byte[] bytes, int length) {
    if (length <= SMALL_BYTES) {
      BroadcastDocument read;
      try {
        read = BroadcastReader.read(bytes, length);
      } catch (RuntimeException e) {
        onUnreadable(e);
        return;
      }
      offer(read);
    } else {
      loop.executeBlocking(() -> BroadcastReader.read(bytes, length), false)
          .onComplete(this::offer, this::onUnreadable);
    }
  }

  private void onUnreadable(Throwable cause) {
    body.release();
    if (over) {
      return;
    }
    if (cause instanceof IllegalArgumentException invalid) {
      answer(Answers.refused(visit.refuseInvalid(String.valueOf(invalid.getMessage()))));
    } else {
      failures.write(note -> log.error("cannot read a broadcast{}", note, cause));
      answer(Answers.refusal(500, StatusCode.INTERNAL, "internal error; the server's log has it"));
    }
  }

  // ---- the broadcasts

  private void offer(BroadcastDocument read) {
    isList = read.isList();
    left.addAll(read.items());
    pending = left.size();
    results = new ItemResult[pending];
    offerNext();
  }

  private void offerNext() {
    int index = results.length - left.size();
    Item item = over ? null : left.poll();
    if (item == null) {
      body.release();
      answerIfDone();
      return;
    }
    switch (item) {
      case Item.Invalid(String why) -> {
        done(index, new ItemResult.Refused(visit.refuseInvalid(why)));
        turn();
      }
      case Item.Valid(BroadcastItem valid) -> {
        PostedBroadcast broadcast =
            new PostedBroadcast(
                visit, valid, request.headers(), vertx, this::turn, result -> done(index, result));
        begun.add(broadcast);
        broadcast.begin();
      }
    }
  }

  /** Offers the next item in a turn of its own: other requests of the loop get theirs between. */
  private void turn() {
    loop.runOnContext(_ -> offerNext());
  }

  private void done(int index, ItemResult result) {
    results[index] = result;
    pending--;
    answerIfDone();
  }

  private void answerIfDone() {
    if (!over && pending == 0) {
      List<ItemResult> all = Arrays.stream(results).map(Objects::requireNonNull).toList();
      answer(isList ? Answers.of(all) : Answers.of(all.getFirst()));
    }
  }

  // ---- the end

  /** Answers a request with bytes that may still come. */
  private void refuseUnread(Answer refusal) {
    body.stop();
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean stays = length != null && announcedBytes() <= THROWN_AWAY_MAX;
    answer(stays ? refusal : refusal.with(Map.of(HttpHeaders.CONNECTION, "close")));
    request.handler(_ -> {}).resume();
    if (!stays) {
      vertx.setTimer(LINGER.toMillis(), _ -> request.connection().close());
    }
  }

  private void answer(Answer answer) {
    over = true;
    reply.accept(answer);
  }

  /** Cancels the broadcasts of a caller that has gone. */
  private void gone() {
    if (!over) {
      over = true;
      left.clear();
      body.stop();
      begun.forEach(PostedBroadcast::cancel);
    }
  }
}
