package io.pushfanout.operator;

/** A spec that is valid, and asks for more than its namespace may have. */
final class OverCeilingException extends NotAllowedException {
  OverCeilingException(String field, String problem) {
    super(field, problem);
  }

  @Override
  String reason() {
    return "OverCeiling";
  }
}
