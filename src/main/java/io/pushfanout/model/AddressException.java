package io.pushfanout.model;

/**
 * The rejection of a text that is not a node's address; the message is one short line that quotes
 * the text.
 */
public final class AddressException extends IllegalArgumentException {
  private final String problem;

  /**
   * @param joint the separator between the problem and the quoted text
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
