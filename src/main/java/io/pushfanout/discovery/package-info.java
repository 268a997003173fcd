/**
 * etcd: finds connect-nodes by their registrations, and registers one. What it finds it hands over
 * as {@link io.pushfanout.plan.Registrations}; it never touches a client. Each service and each
 * registration has a connection of its own, which ends with the first thing that fails in it.
 */
@NullMarked
package io.pushfanout.discovery;

import org.jspecify.annotations.NullMarked;
