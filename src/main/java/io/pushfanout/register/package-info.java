/**
 * A program in any language, registered in etcd while it runs. Start with {@link
 * RegisteredProgram}.
 */
@NullMarked
package io.pushfanout.register;

import org.jspecify.annotations.NullMarked;
