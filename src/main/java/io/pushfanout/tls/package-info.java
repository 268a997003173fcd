/**
 * Certificates, keys and authorities from PEM files, for whoever speaks TLS: they follow their
 * files, so that renewed ones hold from the next handshake.
 */
@NullMarked
package io.pushfanout.tls;

import org.jspecify.annotations.NullMarked;
