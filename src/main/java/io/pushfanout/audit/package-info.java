/** The audit log: a JSON line for each broadcast and each refusal. Start with {@link AuditLog}. */
@NullMarked
package io.pushfanout.audit;

import org.jspecify.annotations.NullMarked;
