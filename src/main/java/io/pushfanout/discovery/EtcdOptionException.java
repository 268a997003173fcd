package io.pushfanout.discovery;

/** A refusal of an invalid etcd option; the message names its flag. */
public final class EtcdOptionException extends IllegalArgumentException {
  private final String flag;
  private final String problem;

  EtcdOptionException(String flag, String problem) {
    super(flag + ": " + problem);
    this.flag = flag;
    this.problem = problem;
  }

  /** Returns the flag, such as {@code --etcd-endpoints}. */
  public String flag() {
    return flag;
  }

  /** Returns the problem, to follow the flag and a colon; one line. */
  public String problem() {
    return problem;
  }
}
