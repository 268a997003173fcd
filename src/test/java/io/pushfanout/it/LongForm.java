package io.pushfanout.it;

/** The switch for faults and loads of realistic length: {@code mvn verify -Plong}. */
final class LongForm {
  private static final boolean ON = Boolean.getBoolean("pushfanout.long");

  private LongForm() {}

  static int or(int usual, int inLongForm) {
    return ON ? inLongForm : usual;
  }
}
