/**
 * Discovery in etcd: it finds connect-nodes by their registrations, and registers a node. Start
 * with {@link EtcdDiscovery} and {@link EtcdRegistration}. The results leave as {@link
 * io.pushfanout.plan.Registrations}; no client of a node may be used here.
 *
 * <p>The services of one discovery share a connection, each registration has its own. A connection
 * is discarded at its first failure.
 */
@NullMarked
package io.pushfanout.discovery;

import org.jspecify.annotations.NullMarked;
