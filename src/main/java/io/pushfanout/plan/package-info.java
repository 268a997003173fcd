/** Pure decisions: desired and running state in, operations out. */
@NullMarked
package io.pushfanout.plan;

import org.jspecify.annotations.NullMarked;
