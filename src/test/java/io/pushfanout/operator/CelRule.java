package io.pushfanout.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;

/** A rule in the API server's expression language. */
final class CelRule {
  private CelRule() {}

  static ValidationRule of(String rule, String message) {
    return new ValidationRuleBuilder().withRule(rule).withMessage(message).build();
  }
}
