package io.pushfanout.model;

/** A text that is no address of a node; the message is one short line that quotes it. */
public final class AddressException extends IllegalArgumentException {
  private final String problem;

  /**
   * @param joint between the problem and the quoted text
   */
  AddressException(String problem, String joint, String text) {
    super(problem + joint + Printable.quoted(text));
    this.problem = problem;
  }

  /** Returns the mistake without the text, which may be a secret. */
  public String problem() {
    return problem;
  }
}
