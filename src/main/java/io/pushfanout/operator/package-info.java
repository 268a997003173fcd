/**
 * The Kubernetes operator: it reads PushFanout resources as specs, which take the same way as those
 * of files, and writes the results into their status. Start with {@link KubernetesSource}. Only
 * this package makes requests to the API server, and no failure or delay here may hold up a
 * message.
 */
@NullMarked
package io.pushfanout.operator;

import org.jspecify.annotations.NullMarked;
