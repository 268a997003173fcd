/**
 * Small files: read within bounds, reported in uniform words, and reloaded while other programs
 * change them. Start with {@link ReloadingFiles}. No class here may interpret the content of a
 * file.
 */
@NullMarked
package io.pushfanout.reload;

import org.jspecify.annotations.NullMarked;
