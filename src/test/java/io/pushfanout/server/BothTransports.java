package io.pushfanout.server;

import io.grpc.InsecureChannelCredentials;
import io.pushfanout.auth.Authorizer;
import io.pushfanout.auth.Decision;
import io.pushfanout.fuzz.Held;
import io.pushfanout.server.Conversation.Outcome;
import io.pushfanout.server.guard.Limits;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Two servers with the same services: on own frames, and of gRPC's library. */
final class BothTransports implements AutoCloseable {
  /** Decides by the token: allowed without one, and for every other token as it names itself. */
  static final Authorizer BY_TOKEN =
      (credentials, right) ->
          CompletableFuture.completedFuture(
              credentials.token() == null
                  ? new Decision.Allowed("nobody")
                  : new Decision.Denied("somebody", "no right to " + right));

  private final RunningServer frames;
  private final ReferenceServer library;

  BothTransports(Limits limits, Authorizer authorizer) throws Exception {
    frames =
        new RunningServer(
            limits, ServerSecurity.of(null, authorizer, null), InsecureChannelCredentials.create());
    library = new ReferenceServer(limits, authorizer);
  }

  /**
   * Holds the same conversation with both, and compares answers and broadcasts. One at a time: the
   * engines have one list of calls each.
   *
   * @param awaited a stream that must end before; 0 without one
   * @param but differences that may be
   * @return whether there is none
   * @throws AssertionError when there are others
   */
  synchronized boolean compare(
      Consumer<RequestFrames> conversation, int awaited, Set<TransportDifference> but)
      throws Exception {
    RequestFrames toFrames = new RequestFrames(true).preface();
    conversation.accept(toFrames);
    // The library takes trailers for a second request, and not for the end of the first.
    RequestFrames toLibrary = new RequestFrames(false).preface();
    conversation.accept(toLibrary);
    Outcome ofFrames = Conversation.with(frames.server.port(), toFrames, awaited);
    Outcome ofLibrary = Conversation.with(library.port(), toLibrary, awaited);
    List<String> framesTook = taken(frames.engine);
    List<String> libraryTook = taken(library.engine);
    Held.that(
        TransportDifference.isSame(ofLibrary, ofFrames, but), "other answers", ofFrames, ofLibrary);
    boolean same = ofFrames.equals(ofLibrary);
    Held.that(!same || framesTook.equals(libraryTook), "other calls", framesTook, libraryTook);
    return same;
  }

  private static List<String> taken(FakeEngine engine) {
    List<FakeEngine.Taken> taken = new ArrayList<>();
    engine.taken.drainTo(taken);
    return taken.stream()
        .map(FakeEngine.Taken::request)
        .map(
            request ->
                "%s %s for %s of %s"
                    .formatted(
                        request.payload().rpc(),
                        HexFormat.of().formatHex(request.payload().bytes()),
                        request.nodes(),
                        request.target()))
        .toList();
  }

  @Override
  public void close() {
    frames.close();
    library.close();
  }
}
