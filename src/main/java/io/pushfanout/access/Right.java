package io.pushfanout.access;

import io.pushfanout.model.FanoutName;
import org.jspecify.annotations.Nullable;

/**
 * The right to broadcast, in the words of Kubernetes: {@code create} on {@code
 * pushfanouts/broadcast}.
 *
 * @param target the fanout; null: all fanouts, present and future
 */
public record Right(@Nullable FanoutName target) {
  public static final Right ALL_TARGETS = new Right(null);

  @Override
  public String toString() {
    return "create on pushfanouts/broadcast of " + targetText();
  }

  /** Returns the fanout's name, or {@code all targets}. */
  String targetText() {
    return target == null ? "all targets" : target.toString();
  }
}
