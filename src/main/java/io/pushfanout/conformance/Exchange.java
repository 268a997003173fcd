package io.pushfanout.conformance;

import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream to the node with a queue of responses. One thread takes the responses; gRPC's threads
 * add responses.
 */
final class Exchange<Q, R> implements AutoCloseable {
  /** Time that a node has to end the stream before the check cancels it. */
  private static final long END_SECONDS = 1;

  private final BlockingQueue<Event<R>> events = new LinkedBlockingQueue<>();
  private final ClientCallStreamObserver<Q> requests;
  private @Nullable Status ended;
  private boolean halfClosed;

  /**
   * A response, or the end of the stream.
   *
   * @param end null: a response
   */
  private record Event<R>(@Nullable R response, @Nullable Status end) {}

  /**
   * @param start method of a stub
   */
  Exchange(Function<StreamObserver<R>, StreamObserver<Q>> start) {
    requests = (ClientCallStreamObserver<Q>) start.apply(new Responses());
  }

  private final class Responses implements ClientResponseObserver<Q, R> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requests) {}

    @Override
    public void onNext(R response) {
      events.add(new Event<>(response, null));
    }

    @Override
    public void onError(Throwable error) {
      events.add(new Event<>(null, Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      events.add(new Event<>(null, Status.OK));
    }
  }

  void send(Q request) {
    if (ended == null) {
      requests.onNext(request);
    }
  }

  void halfClose() {
    if (!halfClosed && ended == null) {
      halfClosed = true;
      requests.onCompleted();
    }
  }

  /** Returns the next response; null at the end of the stream and after the deadline. */
  @Nullable R next(Deadline deadline) throws MissingServiceException, InterruptedException {
    if (ended != null) {
      return null;
    }
    long rest = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    Event<R> event = events.poll(rest, TimeUnit.NANOSECONDS);
    if (event == null) {
      return null;
    }
    ended = event.end();
    if (ended != null && ended.getCode() == Status.Code.UNIMPLEMENTED) {
      throw new MissingServiceException();
    }
    return event.response();
  }

  /** Returns the status of the ended stream; null: the stream is open. */
  @Nullable Status ended() {
    return ended;
  }

  /** Ends the stream as PushFanout does, by a half-close. */
  @Override
  public void close() {
    try {
      end();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      requests.cancel("the check is interrupted", null);
    }
  }

  /** Half-closes the stream, waits for its end, and cancels a stream that stays open. */
  void end() throws InterruptedException {
    halfClose();
    Deadline deadline = Deadline.after(END_SECONDS, TimeUnit.SECONDS);
    while (ended == null && !deadline.isExpired()) {
      try {
        var _ = next(deadline);
      } catch (MissingServiceException _) {
        return;
      }
    }
    if (ended == null) {
      requests.cancel("the check has ended", null);
    }
  }
}
