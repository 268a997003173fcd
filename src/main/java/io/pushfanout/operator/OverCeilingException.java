package io.pushfanout.operator;

/** A refusal of a valid spec with a value above a ceiling of its namespace. */
final class OverCeilingException extends NotAllowedException {
  OverCeilingException(String field, String problem) {
    super(field, problem);
  }

  @Override
  String reason() {
    return "OverCeiling";
  }
}
