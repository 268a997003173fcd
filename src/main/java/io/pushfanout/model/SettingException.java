package io.pushfanout.model;

/**
 * A setting that is refused; names the field as the resource spells it. Its texts may quote what
 * was said: they become short, and nothing that a terminal would obey.
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

  /** The field's path in the spec, such as {@code retry.maxAttempts}. */
  public String field() {
    return field;
  }

  /** What is wrong, without the field's name. */
  public String problem() {
    return problem;
  }
}
