package io.pushfanout.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.pushfanout.protocol.Push;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReflectionTest {
  @Test
  void listsTheServicesAndDescribesTheSchema() throws Exception {
    try (RunningServer running = new RunningServer()) {
      assertThat(
              ask(running, ServerReflectionRequest.newBuilder().setListServices("*"))
                  .getListServicesResponse()
                  .getServiceList())
          .extracting(ServiceResponse::getName)
          .containsExactlyInAnyOrder(
              "protocol.PushServer",
              "grpc.health.v1.Health",
              "grpc.reflection.v1.ServerReflection");

      ByteString file =
          ask(
                  running,
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

  @Test
  void limitIsForEachQuestionOfAStreamAndNotForTheirSum() throws Exception {
    ServerReflectionRequest longName =
        ServerReflectionRequest.newBuilder().setFileByFilename("a".repeat(3_000)).build();
    try (RunningServer running = new RunningServer()) {
      assertThat(askAll(running, List.of(longName, longName, longName)))
          .hasSize(3)
          .allMatch(ServerReflectionResponse::hasErrorResponse);
    }
  }

  private static ServerReflectionResponse ask(
      RunningServer running, ServerReflectionRequest.Builder question) throws Exception {
    return askAll(running, List.of(question.build())).getFirst();
  }

  private static List<ServerReflectionResponse> askAll(
      RunningServer running, List<ServerReflectionRequest> questions) throws Exception {
    List<ServerReflectionResponse> answers = new ArrayList<>();
    CompletableFuture<List<ServerReflectionResponse>> all = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> stream =
        ServerReflectionGrpc.newStub(running.channel)
            .serverReflectionInfo(
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
