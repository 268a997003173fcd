package io.pushfanout.server;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.internal.PlatformDependent;
import io.pushfanout.broadcast.Broadcasts;
import io.pushfanout.broadcast.Totals;
import io.pushfanout.model.HandshakeProblem;
import io.pushfanout.model.ListenException;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.Problem;
import io.pushfanout.queue.MemoryBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The gRPC server for business servers: broadcasts, health and reflection.
 *
 * <p>Calls are handled on the event loops themselves: nothing in a handler blocks. The server's
 * methods may be called from any thread but an event loop.
 */
public final class PushGrpcServer {
  /** System property that selects the transport of gRPC's library. */
  private static final String LIBRARY_PROPERTY = "pushfanout.server.library";

  private static final Duration SWEEP_EVERY = Duration.ofSeconds(5);

  private final CallerServer server;

  /**
   * @param loops the event loops of the server, shared and not closed here
   * @param channelType the kind of channel that the loops are for
   * @param memory the budget of messages, those that are arriving included
   * @param nanoClock the engine's clock, for callers' deadlines
   */
  public PushGrpcServer(
      ServerOptions options,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      Broadcasts broadcasts,
      Totals totals,
      MemoryBudget memory,
      LongSupplier nanoClock,
      ServerSecurity security) {
    this(
        options,
        loops,
        channelType,
        broadcasts,
        totals,
        memory,
        nanoClock,
        security,
        PlatformDependent.maxDirectMemory(),
        SWEEP_EVERY,
        usesLibrary());
  }

  /** Returns whether servers use the transport of gRPC's library. */
  static boolean usesLibrary() {
    return Boolean.getBoolean(LIBRARY_PROPERTY);
  }

  /**
   * Creates a server with the memory and times of a test.
   *
   * @param direct bytes of direct memory of the process
   * @param sweepEvery the time between two checks for incomplete requests
   * @param library whether the server uses the transport of gRPC's library
   */
  PushGrpcServer(
      ServerOptions options,
      EventLoopGroup loops,
      Class<? extends ServerChannel> channelType,
      Broadcasts broadcasts,
      Totals totals,
      MemoryBudget memory,
      LongSupplier nanoClock,
      ServerSecurity security,
      long direct,
      Duration sweepEvery,
      boolean library) {
    server =
        library
            ? new LibraryServer(
                options,
                loops,
                channelType,
                broadcasts,
                totals,
                memory,
                nanoClock,
                security,
                direct,
                sweepEvery)
            : new FrameServer(
                options,
                loops,
                channelType,
                broadcasts,
                totals,
                memory,
                nanoClock,
                security,
                direct,
                sweepEvery);
  }

  /**
   * Starts to listen.
   *
   * @throws ListenException when the port cannot be bound; the message names it
   */
  public void start() throws IOException {
    server.start();
  }

  /** Returns the port that the server listens on, once started. */
  public int port() {
    return server.port();
  }

  /** Returns the calls of each method so far, health and reflection included. From any thread. */
  public List<MethodCalls> calls() {
    return server.calls();
  }

  /** Returns the number of callers' connections that are open now. From any thread. */
  public int connections() {
    return server.connections();
  }

  /** Returns the refusals beyond a party's share, by the shared resource. From any thread. */
  public Map<String, Long> shareRefusals() {
    Map<String, Long> refusals = new TreeMap<>();
    server.shares().forEach((resource, watch) -> refusals.put(resource, watch.shares().refusals()));
    return refusals;
  }

  /**
   * Returns the problems of parties that were refused more than their share recently. From any
   * thread.
   */
  public List<Problem> problems() {
    return server.shares().values().stream().flatMap(watch -> watch.problem().stream()).toList();
  }

  /** Returns the number of connections closed because there were too many. From any thread. */
  public long connectionsRefused() {
    return server.connectionsRefused();
  }

  /** Returns callers' failed TLS handshakes so far, for each problem. From any thread. */
  public Map<HandshakeProblem, Long> failedHandshakes() {
    return server.failedHandshakes();
  }

  /** Sets the health status, which is not ready at first. Broadcasts are accepted either way. */
  public void setReady(boolean ready) {
    server.setReady(ready);
  }

  /**
   * Drains the open connections: sends GOAWAY on each and serves on until they have closed. So
   * callers find another replica before this one refuses, and calls sent meanwhile get their
   * replies. New connections are served, or refused, as before.
   *
   * @param patience the longest wait
   */
  public void sendAway(Duration patience) {
    server.sendAway(patience);
  }

  /**
   * Refuses all further broadcasts with UNAVAILABLE, and sets health to NOT_SERVING for good. Calls
   * that the engine holds still get their replies.
   */
  public void refuseNew() {
    server.refuseNew();
  }

  /**
   * Stops listening, waits until the broadcasts in flight have their replies, and at the deadline
   * cancels those that are left. May be called more than once.
   */
  public void close(Duration deadline) {
    server.close(deadline);
  }
}
