package io.pushfanout.model;

import io.pushfanout.text.Printable;

/**
 * The rejection of a setting; its field has the resource's spelling. Its texts may quote input, so
 * they are cut, and control characters are escaped.
 */
public class SettingException extends IllegalArgumentException {
  private static final int LONGEST_FIELD = 200;
  private static final int LONGEST_PROBLEM = 400;

  private final String field;
  private final String problem;

  public SettingException(String field, String problem) {
    super(Printable.line(field, LONGEST_FIELD) + ": " + Printable.line(problem, LONGEST_PROBLEM));
    this.field = Printable.line(field, LONGEST_FIELD);
    this.problem = Printable.line(problem, LONGEST_PROBLEM);
  }

  /** Returns the field's path in the spec, such as {@code retry.maxAttempts}. */
  public String field() {
    return field;
  }

  /** Returns the mistake, without the field's name. */
  public String problem() {
    return problem;
  }
}
