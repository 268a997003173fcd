/** Values that refuse bad input; nothing here knows of threads, the wire or any library. */
@NullMarked
package io.pushfanout.model;

import org.jspecify.annotations.NullMarked;
