package io.pushfanout.it;

/** Whether faults are as long and loads as high as in life: {@code mvn verify -Plong}. */
final class LongForm {
  private static final boolean ON = Boolean.getBoolean("pushfanout.long");

  private LongForm() {}

  static int or(int usual, int inLongForm) {
    return ON ? inLongForm : usual;
  }
}
