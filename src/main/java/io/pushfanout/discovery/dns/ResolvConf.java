package io.pushfanout.discovery.dns;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The settings of the machine's resolver, as resolv.conf(5) describes them. Netty reads the same
 * file, but only once.
 *
 * @param servers the name servers, 1 to 3
 * @param search the domains that a short name is completed with
 * @param ndots the number of dots from which on a name is first looked up as it is
 */
record ResolvConf(List<InetSocketAddress> servers, List<String> search, int ndots) {
  static final Path FILE = Path.of("/etc/resolv.conf");

  private static final int PORT = 53;
  private static final int SERVERS_MAX = 3;
  private static final int NDOTS_MAX = 15;
  private static final String NDOTS = "ndots:";
  private static final Splitter BLANKS =
      Splitter.onPattern("\\s+").omitEmptyStrings().trimResults();

  ResolvConf {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /**
   * Reads a file. The name server of a file without one is the machine itself.
   *
   * @throws IOException if the file is there and cannot be read
   */
  static ResolvConf read(Path file) throws IOException {
    // A comment may be in any encoding.
    return parse(
        Files.exists(file) ? Files.readAllLines(file, StandardCharsets.ISO_8859_1) : List.of());
  }

  static ResolvConf parse(List<String> lines) {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = 1;
    for (String line : lines) {
      List<String> words = BLANKS.splitToList(line.replaceFirst("[#;].*", ""));
      List<String> values = words.isEmpty() ? List.of() : words.subList(1, words.size());
      switch (words.isEmpty() ? "" : words.getFirst()) {
        case "nameserver" -> values.stream().limit(1).forEach(text -> addServer(servers, text));
        case "search", "domain" -> search = domains(values);
        case "options" -> ndots = ndots(values, ndots);
        default -> {
          // Other settings have no effect here.
        }
      }
    }
    if (servers.isEmpty()) {
      servers.add(new InetSocketAddress(InetAddresses.forString("127.0.0.1"), PORT));
    }
    return new ResolvConf(servers.stream().limit(SERVERS_MAX).toList(), search, ndots);
  }

  private static void addServer(List<InetSocketAddress> servers, String text) {
    if (!InetAddresses.isInetAddress(text.replaceFirst("%.*", ""))) {
      return;
    }
    try {
      // A literal with its zone: no name is resolved.
      servers.add(new InetSocketAddress(InetAddress.getByName(text), PORT));
    } catch (UnknownHostException _) {
      // The zone names an interface that the machine does not have.
    }
  }

  private static List<String> domains(List<String> values) {
    return values.stream()
        .map(domain -> domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain)
        .filter(domain -> !domain.isEmpty())
        .toList();
  }

  private static int ndots(List<String> options, int before) {
    int ndots = before;
    for (String option : options) {
      if (option.matches(NDOTS + "[0-9]{1,4}")) {
        ndots = Math.min(NDOTS_MAX, Integer.parseInt(option.substring(NDOTS.length())));
      }
    }
    return ndots;
  }

  /** Returns the absolute names to look up in turn for a name. */
  List<String> candidates(String name) {
    if (name.endsWith(".")) {
      return List.of(name);
    }
    Stream<String> itself = Stream.of(name + ".");
    Stream<String> completed = search.stream().map(domain -> name + "." + domain + ".");
    long dots = name.chars().filter(c -> c == '.').count();
    return (dots >= ndots ? Stream.concat(itself, completed) : Stream.concat(completed, itself))
        .toList();
  }
}
