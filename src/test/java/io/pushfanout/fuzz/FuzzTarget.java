package io.pushfanout.fuzz;

/**
 * A parser of outside input with the conditions that must hold for any bytes. It lies beside its
 * parser; {@link FuzzTargets} names it.
 */
public interface FuzzTarget {
  /**
   * Returns the target's name, which is also the folder of its seeds: {@code
   * src/test/resources/fuzz/NAME/}.
   */
  String name();

  /**
   * Parses these bytes; throws any exception if a condition does not hold.
   *
   * @throws Exception also if the parser throws an undeclared exception
   */
  void take(byte[] input) throws Exception;
}
