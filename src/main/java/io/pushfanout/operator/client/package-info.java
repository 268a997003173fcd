/**
 * Access to the API server: kubeconfig, service account of the pod and proxy variables are read and
 * checked here, and errors name their source. Start with {@link ClusterAccess}. No class here may
 * see PushFanout resources.
 */
@NullMarked
package io.pushfanout.operator.client;

import org.jspecify.annotations.NullMarked;
