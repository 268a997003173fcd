/**
 * The tools that tests need, and the code that makes them. Start with {@link GoTool}. No test class
 * belongs here, except those of the tools.
 */
@NullMarked
package io.pushfanout.tools;

import org.jspecify.annotations.NullMarked;
