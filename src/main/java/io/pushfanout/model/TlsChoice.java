package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import io.pushfanout.text.DnsLabel;
import io.pushfanout.text.Printable;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The transport security of connections to a fanout's nodes: plaintext, or TLS with a profile of
 * the server.
 *
 * @param profile the name of the profile ({@code --tls-profile}) with the trusted CAs and our
 *     certificate, a DNS label; null: plaintext
 * @param serverName the name that a node's certificate must have, a DNS name or an IP address, in
 *     lower case; null: the host of the node's address
 */
public record TlsChoice(@Nullable String profile, @Nullable String serverName) {
  public static final TlsChoice PLAINTEXT = new TlsChoice(null, null);

  /** Names without underscores, unlike a node's address: names in certificates have none. */
  private static final Pattern DNS_NAME = Pattern.compile(DnsLabel.NAME_FORM);

  private static final Pattern ENDS_NUMERIC = Pattern.compile("(.*\\.)?[0-9]+");

  /**
   * @throws SettingException if a value does not have its form, or there is a server name for
   *     plaintext
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

  /** Returns whether a profile may have this name. */
  public static boolean isProfile(String name) {
    return DnsLabel.is(name);
  }

  public boolean isPlaintext() {
    return profile == null;
  }

  private static String normalName(String text) {
    // The address parser accepts brackets and zones, which names in a certificate cannot have.
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
