package io.pushfanout.fanout;

import io.pushfanout.model.DropReason;

/**
 * The messages that a shutdown could not deliver.
 *
 * @param queued messages dropped for {@link DropReason#SHUTDOWN}
 * @param inFlight deliveries cancelled
 */
public record DrainResult(long queued, long inFlight) {
  public static final DrainResult NOTHING = new DrainResult(0, 0);

  DrainResult plus(DrainResult other) {
    return new DrainResult(queued + other.queued, inFlight + other.inFlight);
  }
}
