/**
 * The PushFanout resource in the API server's form. Start with {@link PushFanout}. The CRD in
 * {@code crds/} is generated from these classes: schema, rules and descriptions are their
 * annotations, defaults and enumerations come from the model.
 *
 * <p>Values keep their written form, so that a value unknown to this version fails its own resource
 * only, not the list around it; {@code SpecMapping} reads them, and no rule of the model may enter
 * here.
 */
@NullMarked
package io.pushfanout.operator.resource;

import org.jspecify.annotations.NullMarked;
