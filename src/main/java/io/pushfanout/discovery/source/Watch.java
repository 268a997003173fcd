package io.pushfanout.discovery.source;

import org.jspecify.annotations.Nullable;

/**
 * A watch over the nodes of one source. {@link #start}, {@link #move} and {@link #close} are called
 * on discovery's thread, the others on any.
 *
 * @param <T> the place of a source in its registry
 */
public interface Watch<T> {
  void start();

  /** Follows an edit of the place that leaves the source the same. */
  default void move(T place) {}

  void close();

  /** Returns whether the registry has answered once, with a list. */
  boolean answered();

  /** Returns why the nodes may be old, in one line; null when they are current. */
  @Nullable String problem();

  /** Returns whether the last attempt to read the nodes failed. */
  boolean hasFailed();

  /** Returns whether a missing answer should hold up the start no longer. */
  default boolean hasGivenUp() {
    return false;
  }
}
