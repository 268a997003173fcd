/**
 * The last known good values of a server's sources, in files of a directory of its own, for its
 * next start. Start with {@link CheckpointWriter}, which writes the files that {@link
 * CheckpointFiles} reads. No class here may use etcd, Kubernetes or the engine.
 */
@NullMarked
package io.pushfanout.checkpoint;

import org.jspecify.annotations.NullMarked;
