package io.pushfanout.operator.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A duration in the form that the model reads, between two bounds in milliseconds, from which the
 * CRD gets its pattern and its rule.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface DurationBounds {
  long min();

  long max();
}
