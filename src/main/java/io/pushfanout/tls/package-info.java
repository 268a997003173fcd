/**
 * Certificates, keys and authorities from PEM files for all users of TLS; changed files take effect
 * at the next handshake. Start with {@link ReloadingTlsContext}. Decisions on callers belong
 * elsewhere: this package only verifies certificates.
 */
@NullMarked
package io.pushfanout.tls;

import org.jspecify.annotations.NullMarked;
