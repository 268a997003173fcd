/** The program: its commands, logging and signals, and the composition of everything else. */
@NullMarked
package io.pushfanout.app;

import org.jspecify.annotations.NullMarked;
