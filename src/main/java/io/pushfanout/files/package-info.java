/**
 * Small files: read within bounds, told of in one set of words, and followed while others renew
 * them.
 */
@NullMarked
package io.pushfanout.files;

import org.jspecify.annotations.NullMarked;
