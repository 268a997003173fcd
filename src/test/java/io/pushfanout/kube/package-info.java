/**
 * A real Kubernetes API server for tests, with no cluster behind it: nothing runs pods, collects
 * garbage or ends namespaces. {@link io.pushfanout.kube.Cluster} is what a test asks for.
 */
@NullMarked
package io.pushfanout.kube;

import org.jspecify.annotations.NullMarked;
