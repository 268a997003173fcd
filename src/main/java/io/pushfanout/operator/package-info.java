/**
 * PushFanout resources of a Kubernetes cluster: their specs go the way that files' specs go, and
 * what became of them is written into their status. The API server is asked and told here alone,
 * and nothing that it does or fails to do holds up a message.
 */
@NullMarked
package io.pushfanout.operator;

import org.jspecify.annotations.NullMarked;
