package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.pushfanout.client.BroadcastCaller;
import io.pushfanout.client.BroadcastCaller.CallerException;
import io.pushfanout.client.BroadcastMessage;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.concurrent.Threads;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.PushServerGrpc;
import io.pushfanout.tls.GrpcTlsCredentials;
import io.pushfanout.tls.ReloadingTlsContext;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Endless broadcasts over TLS: some callers keep one connection, others open one for each call. */
final class TlsCalls implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final BroadcastMessage MESSAGE =
      new BroadcastMessage(null, 0, ByteString.copyFromUtf8("x"), null);
  private static final BroadCastReq REQUEST =
      BroadCastReq.newBuilder().setProto(Proto.newBuilder().setBody(MESSAGE.body())).build();

  private final NodeAddress server;
  private final ReloadingTlsContext tls;
  private final ManagedChannel steady;
  private final ExecutorService threads = Threads.pool("tls calls");
  private final Set<SocketAddress> steadyConnections = ConcurrentHashMap.newKeySet();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private volatile boolean stopped;

  private TlsCalls(NodeAddress server, ReloadingTlsContext tls) {
    this.server = server;
    this.tls = tls;
    steady =
        NettyChannelBuilder.forAddress(server.host(), server.port(), GrpcTlsCredentials.client(tls))
            .build();
  }

  /** Once the server is ready. */
  static TlsCalls start(String server, ReloadingTlsContext tls) {
    TlsCalls calls = new TlsCalls(NodeAddress.parse(server), tls);
    await().atMost(Duration.ofSeconds(30)).until(() -> failure(server, tls).isEmpty());
    for (int i = 0; i < 2; i++) {
      calls.threads.execute(() -> calls.repeat(calls::callSteadily));
      calls.threads.execute(() -> calls.repeat(calls::callAnew));
    }
    calls.awaitMore();
    return calls;
  }

  /** Of one call over a connection of its own; empty when it was answered OK. */
  static String failure(String server, ReloadingTlsContext tls) {
    try (BroadcastCaller caller =
        new BroadcastCaller(NodeAddress.parse(server), new CallerTls(tls, null), null)) {
      String code = caller.send(MESSAGE, TIMEOUT).getCode();
      return code.equals("0") ? "" : "code " + code;
    } catch (CallerException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Waits for further calls and connections of either kind. */
  void awaitMore() {
    long calls = answered.get();
    long made = connections.get();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> answered.get() > calls + 100 && connections.get() > made + 10);
  }

  private void repeat(Runnable call) {
    while (!stopped) {
      call.run();
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void callAnew() {
    String failure = failure(server.toString(), tls);
    if (failure.isEmpty()) {
      answered.incrementAndGet();
      connections.incrementAndGet();
    } else {
      failures.add(failure);
    }
  }

  private void callSteadily() {
    try {
      String code =
          PushServerGrpc.newBlockingStub(steady)
              .withInterceptors(new ConnectionRecorder())
              .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
              .broadcast(REQUEST)
              .getCode();
      if (code.equals("0")) {
        answered.incrementAndGet();
      } else {
        failures.add("code " + code);
      }
    } catch (StatusRuntimeException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
  }

  long answered() {
    return answered.get();
  }

  /** Returns the number of connections of the callers that open one for each call. */
  long connections() {
    return connections.get();
  }

  /** Returns the number of connections of the callers that keep one. */
  int steadyConnections() {
    return steadyConnections.size();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Stops the callers after the calls in flight. */
  void stop() {
    stopped = true;
    threads.close();
  }

  @Override
  public void close() {
    stop();
    steady.shutdownNow();
  }

  private final class ConnectionRecorder implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata answer) {
                  steadyConnections.add(getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
                  super.onHeaders(answer);
                }
              },
              headers);
        }
      };
    }
  }
}
