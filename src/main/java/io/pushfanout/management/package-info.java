/**
 * What a running server shows over HTTP: health, metrics and status; and the client that prints the
 * status. The home of Micrometer and of the Prometheus library.
 */
@NullMarked
package io.pushfanout.management;

import org.jspecify.annotations.NullMarked;
