/**
 * Discovery by DNS: look-ups of names at an interval, at the name servers of the machine. Start
 * with {@link DnsDiscovery}. Netty sends the queries; no answer is cached here or there.
 */
@NullMarked
package io.pushfanout.discovery.dns;

import org.jspecify.annotations.NullMarked;
