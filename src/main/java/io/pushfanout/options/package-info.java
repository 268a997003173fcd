/**
 * Checked values of command lines. Start with {@link UsageException}, which names the flag at
 * fault. No class here may see picocli or a part that uses the values.
 */
@NullMarked
package io.pushfanout.options;

import org.jspecify.annotations.NullMarked;
