package io.pushfanout.operator.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A number of bytes, or a quantity of them in the form that the model reads, between two bounds,
 * from which the CRD gets its type and its rules.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface BytesBounds {
  long min();

  long max();
}
