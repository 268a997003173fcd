/**
 * The rules of a connect-node, and the check of a running node by them. Start with {@link
 * NodeCheck}; {@link Rules} lists the rules in the order of docs/connect-nodes.md. grpc-java calls
 * the node: the judge shares no code with the connections of the server.
 */
@NullMarked
package io.pushfanout.conformance;

import org.jspecify.annotations.NullMarked;
