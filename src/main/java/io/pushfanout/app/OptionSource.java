package io.pushfanout.app;

import io.pushfanout.model.FanoutSpec;
import java.util.List;

/** The one fanout that the command line describes. */
record OptionSource(FanoutSpec spec, Taker taker) implements SpecSource {
  @Override
  public void start() throws Exception {
    taker.apply(List.of(spec)).get();
  }

  @Override
  public void close() {}
}
