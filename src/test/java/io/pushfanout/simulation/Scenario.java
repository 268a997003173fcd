package io.pushfanout.simulation;

import java.util.function.Consumer;

/**
 * A kind of history.
 *
 * @param write the function that makes the script of a seed, by the script's own generator alone
 */
record Scenario(String name, Consumer<Script> write) {
  Script script(long seed) {
    Script script = new Script(seed);
    write.accept(script);
    return script;
  }

  @Override
  public String toString() {
    return name;
  }
}
