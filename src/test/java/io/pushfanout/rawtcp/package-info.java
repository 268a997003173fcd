/**
 * The server that {@code bench/run} measures the real server against. Start with {@link
 * io.pushfanout.rawtcp.RawTcpServer}. Tests and production code do not use this package.
 */
@NullMarked
package io.pushfanout.rawtcp;

import org.jspecify.annotations.NullMarked;
