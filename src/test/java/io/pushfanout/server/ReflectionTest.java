package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import io.grpc.CallOptions;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.Push;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReflectionTest {
  /** Older tools use v1alpha alone, with the same messages. */
  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha"})
  void listsTheServicesAndDescribesTheSchema(String version) throws Exception {
    try (RunningServer running = new RunningServer()) {
      assertThat(
              ask(running, version, ServerReflectionRequest.newBuilder().setListServices("*"))
                  .getListServicesResponse()
                  .getServiceList())
          .extracting(ServiceResponse::getName)
          .containsExactlyInAnyOrder(
              "protocol.PushServer",
              "pushfanout.v1.Ingest",
              "grpc.health.v1.Health",
              "grpc.reflection.v1.ServerReflection",
              "grpc.reflection.v1alpha.ServerReflection");

      ByteString file =
          ask(
                  running,
                  version,
                  ServerReflectionRequest.newBuilder()
                      .setFileContainingSymbol("protocol.PushServer"))
              .getFileDescriptorResponse()
              .getFileDescriptorProto(0);
      FileDescriptorProto schema = FileDescriptorProto.parseFrom(file);
      assertThat(schema).isEqualTo(Push.getDescriptor().toProto());
      assertThat(schema.getService(0).getMethodList())
          .extracting(MethodDescriptorProto::getName)
          .containsExactly("Broadcast", "BroadcastToRoom");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1alpha"})
  void limitIsForEachQuestionOfAStreamAndNotForTheirSum(String version) throws Exception {
    ServerReflectionRequest longName =
        ServerReflectionRequest.newBuilder().setFileByFilename("a".repeat(3_000)).build();
    try (RunningServer running = new RunningServer()) {
      assertThat(askAll(running, version, List.of(longName, longName, longName)))
          .hasSize(3)
          .allMatch(ServerReflectionResponse::hasErrorResponse);
    }
  }

  private static ServerReflectionResponse ask(
      RunningServer running, String version, ServerReflectionRequest.Builder question)
      throws Exception {
    return askAll(running, version, List.of(question.build())).getFirst();
  }

  private static List<ServerReflectionResponse> askAll(
      RunningServer running, String version, List<ServerReflectionRequest> questions)
      throws Exception {
    var method =
        ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
            .setFullMethodName(
                "grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo")
            .build();
    List<ServerReflectionResponse> answers = new ArrayList<>();
    CompletableFuture<List<ServerReflectionResponse>> all = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> stream =
        ClientCalls.asyncBidiStreamingCall(
            running.channel.newCall(method, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(ServerReflectionResponse response) {
                answers.add(response);
              }

              @Override
              public void onError(Throwable t) {
                all.completeExceptionally(t);
              }

              @Override
              public void onCompleted() {
                all.complete(answers);
              }
            });
    questions.forEach(stream::onNext);
    stream.onCompleted();
    return all.get(20, TimeUnit.SECONDS);
  }
}
