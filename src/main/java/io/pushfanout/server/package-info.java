/** The gRPC side for business servers: reads their calls, hands them to the engine, answers. */
@NullMarked
package io.pushfanout.server;

import org.jspecify.annotations.NullMarked;
