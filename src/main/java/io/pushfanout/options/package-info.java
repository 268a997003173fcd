/**
 * Values of command lines, which are checked at construction. Start with {@link UsageException},
 * which names the flag at fault. No class here may use picocli or a part that uses the values.
 */
@NullMarked
package io.pushfanout.options;

import org.jspecify.annotations.NullMarked;
