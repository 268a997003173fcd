/**
 * JSON documents as records, with one mapper for both directions, and the rows that people see of
 * the status. Start with {@link Json}. No class here may open a connection or a file.
 */
@NullMarked
package io.pushfanout.json;

import org.jspecify.annotations.NullMarked;
