package io.pushfanout.delivery;

import io.pushfanout.model.StatusCode;
import java.util.concurrent.ScheduledExecutorService;

/** The stream of a node that has no service of interest. */
public final class NoInterest implements InterestStream {
  private NoInterest() {}

  /** Opens a stream that the node refuses in a later task. */
  public static InterestStream open(
      ScheduledExecutorService loop, InterestStream.Listener listener) {
    loop.execute(() -> listener.onEnded(StatusCode.UNIMPLEMENTED, ""));
    return new NoInterest();
  }

  @Override
  public void applied(long version) {}

  @Override
  public void finish() {}

  @Override
  public void reset() {}
}
