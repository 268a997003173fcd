package io.pushfanout.reload;

import org.jspecify.annotations.Nullable;

/**
 * A count of the polls in a row that found equal contents.
 *
 * <p>Two make contents stable: one poll may find a half-written file, which may even be valid, or
 * the first new file of several that belong together.
 *
 * @param <T> the contents, or their hash
 */
public final class EqualPolls<T> {
  private static final int STABLE = 2;

  private @Nullable T last;
  private int count;

  /** Adds a poll; returns whether its contents are stable. */
  public boolean areStable(T contents) {
    count = contents.equals(last) ? count + 1 : 1;
    last = contents;
    return count >= STABLE;
  }

  /** Returns the number of polls that found the last contents. */
  int count() {
    return count;
  }
}
