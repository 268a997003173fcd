/**
 * The limits that the operator of an installation sets for the resources of each namespace. Start
 * with {@link TenantPolicy}. Pure: no class here may use a Kubernetes client or the rest of the
 * operator.
 */
@NullMarked
package io.pushfanout.operator.policy;

import org.jspecify.annotations.NullMarked;
