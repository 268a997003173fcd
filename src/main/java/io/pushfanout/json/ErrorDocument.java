package io.pushfanout.json;

/** The response to a refused request. */
public record ErrorDocument(Detail error) {
  public ErrorDocument(String code, String message) {
    this(new Detail(code, message));
  }

  /**
   * @param code name of the gRPC status
   * @param message one line for people
   */
  public record Detail(String code, String message) {}
}
