package io.pushfanout.app;

/**
 * What a reference connect-node is told at its start.
 *
 * @param bind the host of both ports
 * @param grpcPort from 0 to 65535, 0 picks a free one
 * @param httpPort likewise
 */
record NodeOptions(String bind, int grpcPort, int httpPort) {}
