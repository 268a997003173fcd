/**
 * Small files: read within bounds, reported in uniform words, and followed while other programs
 * renew them. Start with {@link FollowedFiles}. No class here may interpret the content of a file.
 */
@NullMarked
package io.pushfanout.files;

import org.jspecify.annotations.NullMarked;
