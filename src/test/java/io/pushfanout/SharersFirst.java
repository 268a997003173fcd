package io.pushfanout;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Begins with the classes that lock something: one after the other they take the longest, and would
 * be what is waited for at the end.
 */
final class SharersFirst implements ClassOrderer {
  @Override
  public void orderClasses(ClassOrdererContext context) {
    context.getClassDescriptors().sort(Comparator.comparing(SharersFirst::lock));
  }

  /** Its name, those without at the end. */
  private static String lock(ClassDescriptor test) {
    return test.findAnnotation(ResourceLock.class).map(ResourceLock::value).orElse("~");
  }
}
