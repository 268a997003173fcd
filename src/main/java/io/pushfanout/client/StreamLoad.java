package io.pushfanout.client;

import io.grpc.Status;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.IngestGrpc.IngestStub;
import java.util.List;
import java.util.function.Consumer;

/** A load of one stream for each connection. */
final class StreamLoad implements Load {
  private final List<LoadStream> streams;
  private final List<Envelope> envelopes;

  /**
   * @param stubs one for each connection
   * @param onEnd receives the status of each stream that the server ends
   */
  StreamLoad(List<IngestStub> stubs, List<Envelope> envelopes, Consumer<Status> onEnd) {
    this.streams = stubs.stream().map(stub -> new LoadStream(stub, onEnd)).toList();
    this.envelopes = envelopes;
  }

  @Override
  public void send(long number, Answer answer) {
    streams
        .get((int) (number % streams.size()))
        .add(envelopes.get((int) (number % envelopes.size())), answer);
  }

  @Override
  public void flush() {
    streams.forEach(LoadStream::flush);
  }

  @Override
  public void end() {
    streams.forEach(LoadStream::end);
  }

  @Override
  public boolean isOver() {
    return streams.stream().allMatch(LoadStream::isOver);
  }
}
