package io.pushfanout.conformance;

/** A broken rule. */
final class ViolationException extends Exception {
  private final String expected;
  private final String actual;

  /**
   * @param expected behaviour by the rule
   * @param actual behaviour of the node
   */
  ViolationException(String expected, String actual) {
    super("expected " + expected + ", came " + actual);
    this.expected = expected;
    this.actual = actual;
  }

  String expected() {
    return expected;
  }

  String actual() {
    return actual;
  }
}
