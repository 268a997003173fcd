/**
 * The access checks of broadcast calls: credentials, the right that a call needs, and the decision.
 * Start with {@link Authorizer}. No class here may use gRPC, Netty or a Kubernetes client.
 */
@NullMarked
package io.pushfanout.auth;

import org.jspecify.annotations.NullMarked;
