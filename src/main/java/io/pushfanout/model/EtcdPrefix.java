package io.pushfanout.model;

import io.pushfanout.text.DnsLabel;
import java.util.regex.Pattern;

/**
 * A prefix of keys in etcd that ends in a slash, so that it never matches neighbours with longer
 * names.
 */
public final class EtcdPrefix {
  /**
   * The form as a regular expression, valid for Kubernetes too. Etcd accepts any bytes; these
   * characters need no quotes in YAML, lists, shells and logs. A slash alone is invalid, because it
   * would match all of etcd.
   */
  public static final String FORM =
      "/?[A-Za-z0-9._~:@%+=-][A-Za-z0-9._~:@%+=/-]{0," + (Bounds.ETCD_PREFIX_MAX - 2) + "}";

  private static final Pattern PATTERN = Pattern.compile(FORM);
  private static final String SERVICES = "/services/";

  private EtcdPrefix() {}

  /** Returns the prefix below which a service's nodes register. */
  public static String ofService(String service) {
    return SERVICES + service + "/";
  }

  /** Returns the prefix that {@link Discovery.Etcd#registeredUnder} names. */
  public static String of(String registeredUnder) {
    return registeredUnder.indexOf('/') < 0 ? ofService(registeredUnder) : registeredUnder;
  }

  /** Returns whether the keys are below {@code /services/}, which holds only registrations. */
  public static boolean isOfServices(String prefix) {
    return prefix.startsWith(SERVICES);
  }

  /**
   * Returns the prefix with its slash at the end.
   *
   * @throws SettingException if the text is no such prefix
   */
  static String normal(String prefix) {
    if (!PATTERN.matcher(prefix).matches()) {
      throw new SettingException(
          "discovery.etcd.prefix",
          "must be a prefix of keys such as /services/connect-node/, of at most "
              + Bounds.ETCD_PREFIX_MAX
              + " letters, digits and ./_~:@%+=-");
    }
    return prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /**
   * Returns the service's name for the prefix of a service, else the prefix.
   *
   * @param prefix in its normal form
   */
  static String name(String prefix) {
    if (isOfServices(prefix) && prefix.length() > SERVICES.length()) {
      String service = prefix.substring(SERVICES.length(), prefix.length() - 1);
      return DnsLabel.is(service) ? service : prefix;
    }
    return prefix;
  }
}
