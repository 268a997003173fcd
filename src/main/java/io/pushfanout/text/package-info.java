/**
 * Texts of the program's edges: escapes for logs and terminals, causes of exceptions, globs and the
 * notations of Kubernetes. Start with {@link Printable}. No class here may use another package of
 * ours.
 */
@NullMarked
package io.pushfanout.text;

import org.jspecify.annotations.NullMarked;
