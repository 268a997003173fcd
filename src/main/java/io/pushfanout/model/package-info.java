/**
 * The values of the domain, which reject bad input. Start with {@link FanoutSpec}. No class here
 * may use threads, the wire or a transport library.
 */
@NullMarked
package io.pushfanout.model;

import org.jspecify.annotations.NullMarked;
