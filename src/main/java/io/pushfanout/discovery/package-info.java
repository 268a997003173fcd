/**
 * etcd: finds connect-nodes by their registrations, and registers one. What it finds it hands over
 * as {@link io.pushfanout.plan.Registrations}; it never touches a client. The services of one
 * discovery share a connection, each registration has its own; a connection is left with the first
 * thing that fails in it.
 */
@NullMarked
package io.pushfanout.discovery;

import org.jspecify.annotations.NullMarked;
