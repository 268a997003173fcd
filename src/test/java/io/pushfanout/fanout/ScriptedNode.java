package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.delivery.Evidence;
import io.pushfanout.delivery.FakeLoop;
import io.pushfanout.delivery.InterestStream;
import io.pushfanout.delivery.NoInterest;
import io.pushfanout.delivery.NodeConnection;
import io.pushfanout.delivery.NodeStream;
import io.pushfanout.delivery.StreamSession;
import io.pushfanout.model.DeliveryTarget;
import io.pushfanout.model.StatusCode;
import io.pushfanout.model.TlsChoice;
import io.pushfanout.queue.QueuedMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** A node, and the connection to it, that follow the test's script. */
final class ScriptedNode implements NodeConnection {
  private final FakeLoop loop;
  private final Listener listener;
  private boolean connected;
  private boolean closed;
  private int concurrency;
  private boolean notificationPending;
  private int unflushed;

  /** Deliveries without an answer yet, oldest first. */
  final List<QueuedMessage> inFlight = new ArrayList<>();

  /** Bodies of all messages that ever reached the node, in order, repeats included. */
  final List<String> received = new ArrayList<>();

  final List<Long> timeouts = new ArrayList<>();
  boolean available = true;
  int flushes;
  int reconnects;
  int mostInFlight;

  /** Open streams, oldest first, without the streaming probe. */
  final List<ScriptedStream> streams = new ArrayList<>();

  /** The answer to the streaming probe; null leaves it unanswered. */
  @Nullable StatusCode streaming = StatusCode.UNIMPLEMENTED;

  /** The TLS settings of the connection so far, the latest last. */
  final List<TlsChoice> spoken = new ArrayList<>();

  /** The exception of the next delivery, in place of a start. */
  @Nullable Error fault;

  /** The delivery targets so far, the latest last. */
  final List<@Nullable DeliveryTarget> targets = new ArrayList<>();

  /** Whether the node has the service of interest. */
  boolean listsRooms;

  /** Streams of rooms so far, the latest last. */
  final List<ScriptedRooms> rooms = new ArrayList<>();

  int questions;
  int questionsReset;

  /** The number of streams for messages so far. */
  int opened;

  ScriptedNode(FakeLoop loop, TlsChoice tls, Listener listener) {
    this.loop = loop;
    spoken.add(tls);
    this.listener = listener;
  }

  // ---- actions of the node

  void connect() {
    connect(Integer.MAX_VALUE);
  }

  void connect(int concurrency) {
    connected = true;
    this.concurrency = concurrency;
    notificationPending = false;
    listener.onConnected(concurrency);
    loop.run();
  }

  void allow(int concurrency) {
    this.concurrency = concurrency;
    listener.onConcurrency(concurrency);
    onRoom();
    loop.run();
  }

  void becomeAvailable() {
    available = true;
    onRoom();
    loop.run();
  }

  /** Breaks the connection: the deliveries in flight fail. */
  void disconnect() {
    connected = false;
    listener.onDisconnected("connection reset", false);
    List.copyOf(inFlight).forEach(m -> complete(m, Evidence.NONE, StatusCode.UNAVAILABLE));
    List.copyOf(streams).forEach(s -> s.end(Evidence.NONE, StatusCode.UNAVAILABLE));
    loop.run();
  }

  /** Requests another connection on the node's behalf, and connects it. */
  void replace() {
    leave();
    connect();
  }

  /** Requests another connection on the node's behalf. */
  void leave() {
    connected = false;
    listener.onDisconnected("max_age", true);
    loop.run();
  }

  /** Reports that the program lacks the TLS profile. */
  void lackProfile(String name) {
    connected = false;
    listener.onNotDialled("the server has no TLS profile named " + name);
    loop.run();
  }

  /** Lets another dial fail. */
  void refuse() {
    listener.onDisconnected("connection refused", false);
    loop.run();
  }

  /** Breaks the connection before the node has processed any delivery in flight. */
  void disconnectUnprocessed() {
    connected = false;
    listener.onDisconnected("GOAWAY", false);
    while (!inFlight.isEmpty()) {
      listener.onUnprocessed(inFlight.removeLast(), Evidence.NONE);
    }
    List.copyOf(streams).forEach(ScriptedStream::refuse);
    loop.run();
  }

  void answer(int index, StatusCode code) {
    complete(inFlight.get(index), code);
    loop.run();
  }

  /** Refuses the oldest delivery, as one that has passed the node before. */
  void refuseLoop() {
    refusedLoop();
    answer(0, StatusCode.FAILED_PRECONDITION);
  }

  /** Reports a delivery that has passed the node before. */
  void refusedLoop() {
    listener.onRoutingLoop();
    loop.run();
  }

  void answerOne() {
    answer(0, StatusCode.OK);
  }

  void answerAll() {
    while (!inFlight.isEmpty()) {
      answerOne();
    }
  }

  void refuseOne() {
    listener.onUnprocessed(inFlight.removeFirst(), Evidence.ABSENT);
    onRoom();
    loop.run();
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns the evidence that an answer with the code gives. */
  static Evidence evidence(StatusCode code) {
    return switch (code) {
      case UNAVAILABLE -> Evidence.ABSENT;
      case DEADLINE_EXCEEDED, CANCELLED -> Evidence.NONE;
      default -> Evidence.PRESENT;
    };
  }

  private void complete(QueuedMessage message, StatusCode code) {
    complete(message, evidence(code), code);
  }

  private void complete(QueuedMessage message, Evidence evidence, StatusCode code) {
    inFlight.remove(message);
    listener.onCompleted(message, evidence, code, "");
    onRoom();
  }

  /**
   * Notifies the client of room, only if it has found none before, and after it could find room
   * itself.
   */
  private void onRoom() {
    if (notificationPending) {
      loop.execute(
          () -> {
            if (notificationPending && available()) {
              listener.onAvailable();
            }
          });
    }
  }

  // ---- actions of the client

  @Override
  public ScheduledExecutorService loop() {
    return loop;
  }

  @Override
  public void start() {}

  @Override
  public void reconnectNow() {
    reconnects++;
  }

  @Override
  public void setTls(TlsChoice tls) {
    spoken.add(tls);
  }

  @Override
  public void target(@Nullable DeliveryTarget target) {
    targets.add(target);
  }

  @Override
  public boolean available() {
    boolean room = connected && available && inFlight.size() + streams.size() < concurrency;
    notificationPending = !room;
    return room;
  }

  @Override
  public void deliver(QueuedMessage message, long timeoutNanos) {
    assertThat(available()).as("delivered only while available").isTrue();
    Error thrown = fault;
    if (thrown != null) {
      fault = null;
      throw thrown;
    }
    inFlight.add(message);
    received.add(new String(message.payload().bytes(), StandardCharsets.UTF_8));
    timeouts.add(timeoutNanos);
    mostInFlight = Math.max(mostInFlight, inFlight.size());
    unflushed++;
  }

  @Override
  public InterestStream openInterest(InterestStream.Listener listener) {
    assertThat(available()).as("opened only while available").isTrue();
    if (!listsRooms) {
      return NoInterest.open(loop(), listener);
    }
    ScriptedRooms stream = new ScriptedRooms(listener);
    rooms.add(stream);
    return stream;
  }

  @Override
  public NodeStream openStream(NodeStream.Listener heard) {
    assertThat(available()).as("opened only while available").isTrue();
    if (!(heard instanceof StreamSession)) {
      questions++;
      return new ScriptedQuestion(heard);
    }
    ScriptedStream stream = new ScriptedStream(this, heard);
    opened++;
    streams.add(stream);
    return stream;
  }

  /** The streaming probe: an empty stream, answered as soon as it is finished. */
  private final class ScriptedQuestion implements NodeStream {
    private final NodeStream.Listener asker;

    ScriptedQuestion(NodeStream.Listener asker) {
      this.asker = asker;
    }

    @Override
    public int room() {
      return 1 << 16;
    }

    @Override
    public void send(List<QueuedMessage> batch) {
      throw new AssertionError("nothing is sent to ask");
    }

    @Override
    public void finish() {
      StatusCode answer = streaming;
      if (answer != null) {
        loop.execute(
            () ->
                asker.onEnded(evidence(answer), answer, "unknown service pushfanout.v1.Delivery"));
      }
    }

    @Override
    public void reset() {
      questionsReset++;
    }
  }

  void run() {
    loop.run();
  }

  void later(Runnable task) {
    loop.execute(task);
  }

  /** Returns the bodies of the unacknowledged messages on all streams. */
  List<String> unacknowledged() {
    return streams.stream().flatMap(s -> s.unacknowledged().stream()).toList();
  }

  /** Returns the stream with this unacknowledged message. */
  ScriptedStream streamOf(String body) {
    return streams.stream()
        .filter(s -> s.unacknowledged().contains(body))
        .findFirst()
        .orElseThrow(() -> new AssertionError(body + " is not among " + unacknowledged()));
  }

  void acknowledgeAll() {
    while (streams.stream().anyMatch(s -> !s.unacknowledged().isEmpty())) {
      List.copyOf(streams).forEach(s -> s.acknowledge(s.unacknowledged().size()));
    }
  }

  @Override
  public List<QueuedMessage> reset() {
    List<QueuedMessage> reset = List.copyOf(inFlight);
    inFlight.clear();
    loop.execute(this::onRoom);
    return reset;
  }

  @Override
  public void flush() {
    flushes++;
    unflushed = 0;
  }

  @Override
  public void close() {
    closed = true;
    connected = false;
    List.copyOf(inFlight).forEach(m -> complete(m, StatusCode.CANCELLED));
    List.copyOf(streams).forEach(s -> s.end(Evidence.NONE, StatusCode.CANCELLED));
  }

  int unflushed() {
    return unflushed;
  }
}
