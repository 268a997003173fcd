/**
 * Discovery of connect-nodes by the EndpointSlices of a Service. Start with {@link
 * EndpointSliceDiscovery}. It has a client of its own: a server with PushFanouts in files uses it
 * too.
 */
@NullMarked
package io.pushfanout.operator.endpoints;

import org.jspecify.annotations.NullMarked;
