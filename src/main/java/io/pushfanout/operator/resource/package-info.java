/**
 * The PushFanout resource as Kubernetes has it. The CRD in {@code crds/} is generated from these
 * classes: schema, rules and descriptions are their annotations, defaults and enumerations are
 * taken from the model.
 *
 * <p>Values are kept as they are written, so that one that this version does not know spoils its
 * own resource only, not the list that it came in; {@code SpecMapping} reads them.
 */
@NullMarked
package io.pushfanout.operator.resource;

import org.jspecify.annotations.NullMarked;
