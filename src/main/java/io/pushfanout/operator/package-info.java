/**
 * The controller of PushFanout resources: fabric8's client and the operator SDK have their home
 * here.
 */
@NullMarked
package io.pushfanout.operator;

import org.jspecify.annotations.NullMarked;
