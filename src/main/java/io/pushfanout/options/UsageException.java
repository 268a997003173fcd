package io.pushfanout.options;

/** An invalid command line, detected by a command after picocli has parsed the arguments. */
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
   * @param given the value at fault, if naming it helps; else empty
   * @param problem the problem, to follow a colon
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
