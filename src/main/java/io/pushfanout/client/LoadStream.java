package io.pushfanout.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.pushfanout.client.Load.Answer;
import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc.IngestStub;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.protocol.v1.PublishResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The broadcasts of one connection, on one stream at a time. It gathers broadcasts, and holds them
 * back while the stream's window is full. After a stream that the server has ended it opens another
 * one; it sends nothing twice. May be used from any thread.
 */
final class LoadStream {
  /** Envelopes of one request at most. */
  private static final int MOST_ENVELOPES = 64;

  /** Bytes of envelopes from which a request is full. */
  private static final int FULL_BYTES = 64 << 10;

  /** Pause after a stream without any answer, before the next one. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Reply to an envelope without an outcome, which has no counts. */
  private static final BroadCastReply OK = BroadCastReply.newBuilder().setCode("0").build();

  private record Waiting(Envelope envelope, Answer answer) {}

  private final IngestStub stub;
  private final Consumer<Status> onEnd;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private @Nullable Stream current;
  private long openNanos = System.nanoTime();
  private boolean ending;

  /**
   * @param onEnd receives the status of each stream that the server ends
   */
  LoadStream(IngestStub stub, Consumer<Status> onEnd) {
    this.stub = stub;
    this.onEnd = onEnd;
  }

  /** Adds a broadcast, which leaves at the next {@link #flush} or with a full request. */
  synchronized void add(Envelope envelope, Answer answer) {
    waiting.add(new Waiting(envelope, answer));
    waitingBytes += envelope.getSerializedSize();
    if (waiting.size() >= MOST_ENVELOPES || waitingBytes >= FULL_BYTES) {
      flush();
    }
  }

  /** Sends what was added, as far as the stream's window has room. */
  synchronized void flush() {
    while (!waiting.isEmpty()) {
      Stream stream = open();
      if (stream == null || !stream.send()) {
        return;
      }
    }
    if (ending && current != null) {
      current.halfClose();
    }
  }

  /** Ends the stream once all broadcasts are sent; no more are added. */
  synchronized void end() {
    ending = true;
    flush();
  }

  /** Returns whether the stream has ended, after {@link #end}. */
  synchronized boolean isOver() {
    return ending && waiting.isEmpty() && current == null;
  }

  private @Nullable Stream open() {
    if (current == null && System.nanoTime() - openNanos >= 0) {
      Stream stream = new Stream();
      current = stream;
      var _ = stub.publish(stream);
    }
    return current;
  }

  private void failWaiting(Status status) {
    waiting.forEach(each -> each.answer().failed(status));
    waiting.clear();
    waitingBytes = 0;
  }

  /** One stream, from its start to its status. */
  private final class Stream implements ClientResponseObserver<PublishRequest, PublishResponse> {
    /** Broadcasts without an outcome, in the order of their envelopes. */
    private final Deque<Answer> sent = new ArrayDeque<>();

    private @Nullable ClientCallStreamObserver<PublishRequest> requests;
    private long handled;
    private boolean halfClosed;

    @Override
    public void beforeStart(ClientCallStreamObserver<PublishRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(LoadStream.this::flush);
    }

    /** Sends one request of what waits. Returns false when the window has no room. */
    private boolean send() {
      if (requests == null || !requests.isReady()) {
        return false;
      }
      PublishRequest.Builder request = PublishRequest.newBuilder();
      long bytes = 0;
      while (request.getEnvelopesCount() < MOST_ENVELOPES
          && bytes < FULL_BYTES
          && !waiting.isEmpty()) {
        Waiting next = waiting.remove();
        bytes += next.envelope().getSerializedSize();
        sent.add(next.answer());
        request.addEnvelopes(next.envelope());
      }
      waitingBytes -= bytes;
      requests.onNext(request.build());
      return true;
    }

    private void halfClose() {
      if (!halfClosed && requests != null) {
        halfClosed = true;
        requests.onCompleted();
      }
    }

    @Override
    public void onNext(PublishResponse response) {
      synchronized (LoadStream.this) {
        Map<Long, Outcome> outcomes = new HashMap<>();
        response.getOutcomesList().forEach(each -> outcomes.put(each.getIndex(), each));
        while (handled < response.getHandled() && !sent.isEmpty()) {
          end(sent.remove(), outcomes.get(handled++));
        }
      }
    }

    private static void end(Answer answer, @Nullable Outcome outcome) {
      if (outcome == null) {
        answer.replied(OK);
      } else if (outcome.getStatus() == 0) {
        answer.replied(outcome.getReply());
      } else {
        answer.failed(
            Status.fromCodeValue(outcome.getStatus()).withDescription(outcome.getMessage()));
      }
    }

    @Override
    public void onError(Throwable error) {
      ended(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      ended(Status.OK);
    }

    private void ended(Status status) {
      synchronized (LoadStream.this) {
        current = null;
        if (!status.isOk() || !halfClosed) {
          onEnd.accept(status);
        }
        Status lost = status.isOk() ? Status.UNKNOWN : status;
        sent.forEach(answer -> answer.failed(lost));
        sent.clear();
        if (handled == 0) {
          failWaiting(lost);
          openNanos = System.nanoTime() + PAUSE_NANOS;
        }
        flush();
      }
    }
  }
}
