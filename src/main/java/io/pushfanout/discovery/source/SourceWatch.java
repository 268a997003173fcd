package io.pushfanout.discovery.source;

import org.jspecify.annotations.Nullable;

/** A watch whose registry gives all nodes of its source at each look. */
public abstract class SourceWatch<T> implements Watch<T> {
  protected final SourceNodes nodes;

  protected SourceWatch(SourceNodes nodes) {
    this.nodes = nodes;
  }

  @Override
  public final boolean answered() {
    return nodes.answered();
  }

  @Override
  public final @Nullable String problem() {
    return nodes.problem();
  }

  @Override
  public final boolean hasFailed() {
    return nodes.hasFailed();
  }

  @Override
  public final boolean hasGivenUp() {
    return nodes.hasGivenUp();
  }
}
