/**
 * The saved state of a server, in files of a directory of its own, for its next start. Start with
 * {@link StateSaver}, which writes the files that {@link StateFiles} reads. No class here may use
 * etcd, Kubernetes or the engine.
 */
@NullMarked
package io.pushfanout.state;

import org.jspecify.annotations.NullMarked;
