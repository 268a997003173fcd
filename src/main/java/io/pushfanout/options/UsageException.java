package io.pushfanout.options;

/** The rejection of a command line by a command itself, after picocli has parsed it. */
public final class UsageException extends IllegalArgumentException {
  private final String flag;
  private final String given;
  private final String problem;

  public UsageException(String flag, String problem) {
    this(flag, "", problem);
  }

  /**
   * Creates an error of a value.
   *
   * @param flag the option at fault, such as {@code --set}
   * @param given the given value, if naming it helps; else empty
   * @param problem the mistake, which follows a colon
   */
  public UsageException(String flag, String given, String problem) {
    super(flag + ": " + problem);
    this.flag = flag;
    this.given = given;
    this.problem = problem;
  }

  public String flag() {
    return flag;
  }

  public String given() {
    return given;
  }

  public String problem() {
    return problem;
  }
}
