/**
 * The live page of a server for people: its files, and the stream of its data. Start with {@link
 * LivePage}. The page only shows: no class here may change the server's state.
 */
@NullMarked
package io.pushfanout.management.page;

import org.jspecify.annotations.NullMarked;
