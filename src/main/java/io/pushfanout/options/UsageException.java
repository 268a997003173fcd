package io.pushfanout.options;

/** A command line that cannot be obeyed; found by a command itself, after picocli read it. */
public final class UsageException extends IllegalArgumentException {
  private final String flag;
  private final String given;
  private final String problem;

  public UsageException(String flag, String problem) {
    this(flag, "", problem);
  }

  /**
   * @param flag the option at fault, such as {@code --set}
   * @param given what stood behind it, where naming it helps; else empty
   * @param problem what is wrong with it, to follow a colon
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
