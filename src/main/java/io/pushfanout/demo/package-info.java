/**
 * Nodes, server and page of {@code pushfanout demo} in one process. Start with {@link Demo}; {@link
 * DemoCheck} is the demo as a test. No class here may read a command line.
 */
@NullMarked
package io.pushfanout.demo;

import org.jspecify.annotations.NullMarked;
