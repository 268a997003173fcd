package io.pushfanout.server;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.pushfanout.auth.Authorizer.Right;
import io.pushfanout.auth.Decision;
import io.pushfanout.auth.TokenReviewAuthorizer;
import io.pushfanout.auth.TokenReviewer;
import io.pushfanout.auth.TokenReviewer.Review;
import io.pushfanout.auth.TokenReviewer.ReviewException;
import io.pushfanout.auth.TokenReviewer.User;
import io.pushfanout.model.FanoutName;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallerConnection;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Cost that a cached decision adds to a call, with a token as long as those of Kubernetes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccessBenchmark {
  private static final Right CHAT = new Right(new FanoutName("acme", "chat"));

  private final CallerConnection connection = new CallerConnection(null, "host");
  private final CallMetadata[] headers = {headers("a"), headers("b")};
  private final TokenReviewAuthorizer access =
      new TokenReviewAuthorizer(
          new EverybodyMay(), List.of(), Runnable::run, InstantSource.system(), System::nanoTime);
  private int calls;

  private static final class EverybodyMay implements TokenReviewer {
    @Override
    public Review review(String token) throws ReviewException {
      return new Review.Good(new User("web", null, List.of(), Map.of()), null);
    }

    @Override
    public boolean holds(User user, Right right) {
      return true;
    }
  }

  private static CallMetadata headers(String token) {
    return CallMetadata.of(
        new DefaultHttp2Headers()
            .add("authorization", "Bearer " + token.repeat(900))
            .add("pushfanout-target", "acme/chat"));
  }

  private Decision decide(CallMetadata shown) {
    return access.decide(connection.credentials(shown), CHAT).join();
  }

  /** The same caller as before on this connection. */
  @Benchmark
  public Decision ofTheSameCaller() {
    return decide(headers[0]);
  }

  /** Two callers by turns, as behind a proxy: each token is hashed again. */
  @Benchmark
  public Decision ofCallersByTurns() {
    return decide(headers[calls++ & 1]);
  }
}
