package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.Proto;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc;
import io.pushfanout.protocol.v1.Outcome;
import io.pushfanout.protocol.v1.PublishRequest;
import io.pushfanout.protocol.v1.PublishResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A client of one stream of published messages. */
final class Publisher implements ClientResponseObserver<PublishRequest, PublishResponse> {
  private final List<PublishResponse> responses = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final boolean reads;
  private @Nullable ClientCallStreamObserver<PublishRequest> calls;

  /** Begins a stream, which reads each response; metadata is names and values. */
  Publisher(RunningServer running, String... metadata) {
    this(running, true, stub -> stub, metadata);
  }

  /**
   * @param reads false for a stream that reads no response until {@link #read}
   * @param options changes the stub
   */
  Publisher(
      RunningServer running,
      boolean reads,
      UnaryOperator<IngestGrpc.IngestStub> options,
      String... metadata) {
    this.reads = reads;
    Metadata headers = new Metadata();
    for (int i = 0; i < metadata.length; i += 2) {
      headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
    }
    var _ =
        options
            .apply(IngestGrpc.newStub(running.channel))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .publish(this);
  }

  static Envelope.Builder broadcast() {
    return Envelope.newBuilder().setBroadcast(ByteString.copyFrom(Requests.broadcast()));
  }

  /** Returns a request with so many bytes of body. */
  static ByteString broadcastOf(int size) {
    return BroadCastReq.newBuilder()
        .setProto(Proto.newBuilder().setBody(ByteString.copyFrom(new byte[size])))
        .build()
        .toByteString();
  }

  /** Returns a request with so many equal messages. */
  static PublishRequest request(int messages) {
    Envelope[] envelopes = new Envelope[messages];
    Arrays.fill(envelopes, broadcast().build());
    return PublishRequest.newBuilder().addAllEnvelopes(List.of(envelopes)).build();
  }

  ClientCallStreamObserver<PublishRequest> calls() {
    return requireNonNull(calls);
  }

  void send(Envelope.Builder... envelopes) {
    PublishRequest.Builder request = PublishRequest.newBuilder();
    for (Envelope.Builder envelope : envelopes) {
      request.addEnvelopes(envelope);
    }
    calls().onNext(request.build());
  }

  void send(PublishRequest request) {
    calls().onNext(request);
  }

  void end() {
    calls().onCompleted();
  }

  /** Reads all responses from now on. */
  void read() {
    calls().request(Integer.MAX_VALUE);
  }

  List<PublishResponse> responses() {
    return responses;
  }

  long handled() {
    return responses.isEmpty() ? 0 : responses.getLast().getHandled();
  }

  List<Outcome> outcomes() {
    return responses.stream().flatMap(each -> each.getOutcomesList().stream()).toList();
  }

  boolean isEnded() {
    return ended.isDone();
  }

  Status status() {
    return ended.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PublishRequest> stream) {
    calls = stream;
    if (!reads) {
      stream.disableAutoRequestWithInitial(0);
    }
  }

  @Override
  public void onNext(PublishResponse response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable t) {
    ended.complete(Status.fromThrowable(t));
  }

  @Override
  public void onCompleted() {
    ended.complete(Status.OK);
  }
}
