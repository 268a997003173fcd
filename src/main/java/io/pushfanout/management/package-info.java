/**
 * The HTTP pages of a running server: health, metrics, status and, in its own room, the live page.
 * Start with {@link ManagementServer}. Micrometer and the Prometheus library may be used here only,
 * and no page may change the server's state.
 */
@NullMarked
package io.pushfanout.management;

import org.jspecify.annotations.NullMarked;
