package io.pushfanout.client;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.text.Printable;

/** A fuzz target for status responses, which any server may send. */
public final class StatusJsonFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 300;

  @Override
  public String name() {
    return "status-json";
  }

  @Override
  public void take(byte[] input) {
    StatusSample sample;
    try {
      sample = StatusSample.read(Held.text(input), 1);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    printable(StatusTable.of(sample, StatusSample.read(Held.text(input), 2_000_000_001)));
    printable(sample.json());
    StatusSample again = StatusSample.read(sample.json(), 1);
    Held.that(again.status().equals(sample.status()), "its JSON says something else");
    new LedgerSample(sample, DeliveryTimes.read(""))
        .since(new LedgerSample(again, DeliveryTimes.read("")), true);
  }

  private static void printable(String text) {
    for (String line : text.split("\n", -1)) {
      Held.that(Printable.line(line).equals(line), "not printable", line);
    }
  }
}
