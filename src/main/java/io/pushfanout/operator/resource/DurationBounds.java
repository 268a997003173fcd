package io.pushfanout.operator.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The bounds of a duration in the model's notation, in milliseconds. The CRD's pattern and rule are
 * generated from them.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface DurationBounds {
  long min();

  long max();
}
