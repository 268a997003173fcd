/**
 * The planner: desired and running state in, operations out. Start with {@link Planner}. No class
 * here may use threads, clocks or I/O.
 */
@NullMarked
package io.pushfanout.plan;

import org.jspecify.annotations.NullMarked;
