package io.pushfanout.app;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** The spec source of the one fanout that the command line describes. */
final class OptionSource implements SpecSource {
  private final FanoutSpec spec;
  private final Taker taker;
  private final FirstSpecs first = new FirstSpecs("the command line");

  OptionSource(FanoutSpec spec, Taker taker) {
    this.spec = spec;
    this.taker = taker;
  }

  @Override
  public void start() throws Exception {
    Future<Void> _ = first.handedOver(taker.apply(List.of(spec)));
    first.await();
  }

  @Override
  public Optional<String> whyNotInForce() {
    return first.whyNotInForce();
  }

  @Override
  public String origin(FanoutName fanout) {
    return "--set";
  }

  @Override
  public void close() {}
}
