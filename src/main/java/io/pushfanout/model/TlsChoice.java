package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a fanout's nodes are spoken to: in plaintext, or by TLS with a profile of the server's.
 *
 * @param profile whom to trust and whom to be, by the name that the server gave it ({@code
 *     --tls-profile}), a DNS label; null is plaintext
 * @param serverName whom a node's certificate has to be for, a DNS name or an IP address, in lower
 *     case; null is the host by which the node is dialled
 */
public record TlsChoice(@Nullable String profile, @Nullable String serverName) {
  public static final TlsChoice PLAINTEXT = new TlsChoice(null, null);

  /** No underscores, which a node's address may have: certificates have none. */
  private static final Pattern DNS_NAME = Pattern.compile(DnsLabel.NAME_FORM);

  private static final Pattern ENDS_NUMERIC = Pattern.compile("(.*\\.)?[0-9]+");

  /**
   * @throws SettingException when one is not of its form, or there is a server's name for plaintext
   */
  public TlsChoice {
    if (profile != null && !isProfile(profile)) {
      throw new SettingException("tls.profile", "must be a DNS label" + is(profile));
    }
    if (serverName != null) {
      serverName = normalName(serverName);
      if (profile == null) {
        throw new SettingException("tls.serverName", "needs tls.profile");
      }
    }
  }

  /** Whether a profile may have this name. */
  public static boolean isProfile(String name) {
    return DnsLabel.is(name);
  }

  public boolean isPlaintext() {
    return profile == null;
  }

  private static String normalName(String text) {
    // Brackets and zones, which the first of these would take, are no names in a certificate.
    boolean literal = text.indexOf('%') < 0 && InetAddresses.isInetAddress(text);
    String name =
        literal
            ? InetAddresses.toAddrString(InetAddresses.forString(text))
            : text.toLowerCase(Locale.ROOT);
    boolean named =
        name.length() <= Bounds.SERVER_NAME_MAX
            && DNS_NAME.matcher(name).matches()
            && !ENDS_NUMERIC.matcher(name).matches();
    if (!literal && !named) {
      throw new SettingException(
          "tls.serverName",
          "must be a DNS name of at most %d characters, or an IP address%s"
              .formatted(Bounds.SERVER_NAME_MAX, is(text)));
    }
    return name;
  }

  private static String is(String text) {
    return ", is " + Printable.quoted(text);
  }
}
