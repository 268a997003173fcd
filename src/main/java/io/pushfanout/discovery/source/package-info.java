/**
 * The parts that all discoveries share: etcd's, those of other rooms here, and the operator's.
 * Start with {@link NodeDiscovery} and {@link SourceNodes}. No part knows a registry or its
 * library.
 */
@NullMarked
package io.pushfanout.discovery.source;

import org.jspecify.annotations.NullMarked;
