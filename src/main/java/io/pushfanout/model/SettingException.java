package io.pushfanout.model;

/** A setting that is refused; names the field as the resource spells it. */
public class SettingException extends IllegalArgumentException {
  private final String field;
  private final String problem;

  public SettingException(String field, String problem) {
    super(field + ": " + problem);
    this.field = field;
    this.problem = problem;
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
