/**
 * The audit log: a JSON line for each broadcast and each refusal. Start with {@link AuditLog}.
 * Nothing here may use gRPC or the engine: records arrive ready.
 */
@NullMarked
package io.pushfanout.audit;

import org.jspecify.annotations.NullMarked;
