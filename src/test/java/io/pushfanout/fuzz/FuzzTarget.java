package io.pushfanout.fuzz;

/**
 * A parser of what comes from outside, and what holds of it whatever the bytes are. It lies beside
 * its parser; {@link FuzzTargets} names it.
 */
public interface FuzzTarget {
  /** Names its seeds: {@code src/test/resources/fuzz/NAME/}. */
  String name();

  /**
   * Has the parser read these bytes. Throws, whatever it is, when something does not hold.
   *
   * @throws Exception also where the parser throws what it does not say
   */
  void take(byte[] input) throws Exception;
}
