/**
 * A real Kubernetes API server for tests, with no cluster behind it: no controller runs pods,
 * collects garbage or ends namespaces. Start with {@link io.pushfanout.kube.Cluster}.
 */
@NullMarked
package io.pushfanout.kube;

import org.jspecify.annotations.NullMarked;
