package io.pushfanout.discovery;

/** An option about etcd that cannot be obeyed; the message names its flag. */
public final class EtcdOptionException extends IllegalArgumentException {
  private final String flag;
  private final String problem;

  EtcdOptionException(String flag, String problem) {
    super(flag + ": " + problem);
    this.flag = flag;
    this.problem = problem;
  }

  /** Such as {@code --etcd-endpoints}. */
  public String flag() {
    return flag;
  }

  /** What is wrong, to follow the flag and a colon; one line. */
  public String problem() {
    return problem;
  }
}
