package io.pushfanout.cli;

import com.google.common.base.Splitter;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import io.pushfanout.options.BindHost;
import io.pushfanout.options.UsageException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags for the authentication and authorization of callers. */
final class AuthFlags {
  static final String AUTH = "--auth";
  static final String NONE = "none";
  private static final String AUDIENCE = "--auth-audience";
  private static final String SAN = "--auth-san";
  private static final String MODES = "none, kubernetes, tokens FILE or mtls";

  /** Separators of the mode and its file; the shell may pass both as one word. */
  private static final Splitter WORDS =
      Splitter.onPattern("[\\s,=]").limit(2).trimResults().omitEmptyStrings();

  @Option(
      names = AUTH,
      arity = "1..2",
      split = ",",
      paramLabel = "none|kubernetes|tokens FILE|mtls",
      hideParamSyntax = true,
      description =
          "Who may broadcast: none (every client that reaches the port), kubernetes (bearer tokens"
              + " with the right to create pushfanouts/broadcast), tokens FILE (hashes of bearer"
              + " tokens), mtls (client certificates). Needed when --bind is not loopback (default: none).")
  private List<String> auth = new ArrayList<>();

  @Option(
      names = AUDIENCE,
      paramLabel = "AUDIENCE",
      split = ",",
      description =
          "With --auth kubernetes: what a token must be for; may be repeated (default: the API"
              + " server).")
  private List<String> audiences = new ArrayList<>();

  @Option(
      names = SAN,
      paramLabel = "PATTERN[=TARGET]",
      split = ",",
      description =
          "With --auth mtls: a DNS name or URI of certificates, * for one label or segment, and"
              + " whom they may broadcast to: NAMESPACE/NAME, NAMESPACE/* or all; may be repeated"
              + " (default: every certificate to all).")
  private List<String> sans = new ArrayList<>();

  /**
   * Returns the access mode.
   *
   * @throws UsageException with the flag of an invalid or missing value
   */
  AuthMode mode(BindHost bind) {
    AuthMode mode = mode(words(), bind);
    if (!(mode instanceof AuthMode.Kubernetes)) {
      refuseAlone(AUDIENCE, audiences, "kubernetes");
    }
    if (!(mode instanceof AuthMode.Mtls)) {
      refuseAlone(SAN, sans, "mtls");
    }
    return mode;
  }

  private AuthMode mode(List<String> words, BindHost bind) {
    if (words.isEmpty()) {
      requireLoopback(bind, MODES);
      return new AuthMode.None();
    }
    String mode = words.getFirst();
    if (mode.equals("tokens")) {
      if (words.size() < 2) {
        throw new UsageException(AUTH, "tokens needs a file: --auth tokens FILE");
      }
      return new AuthMode.Tokens(file(words.get(1)));
    }
    AuthMode other =
        switch (mode) {
          case NONE -> new AuthMode.None();
          case "kubernetes" -> new AuthMode.Kubernetes(checkedAudiences());
          case "mtls" -> new AuthMode.Mtls(sans.stream().map(AuthFlags::san).toList());
          default -> throw new UsageException(AUTH, "must be %s, is \"%s\"".formatted(MODES, mode));
        };
    if (words.size() > 1) {
      throw new UsageException(
          AUTH, "%s takes nothing more, is followed by \"%s\"".formatted(mode, words.get(1)));
    }
    return other;
  }

  /**
   * Rejects a port that other machines can reach without an access mode.
   *
   * @param choices allowed modes, for the message
   */
  static void requireLoopback(BindHost bind, String choices) {
    if (!bind.isLoopback()) {
      throw new UsageException(
          AUTH,
          "is needed with --bind %s, which others can reach: %s".formatted(bind.name(), choices));
    }
  }

  /** Returns the mode and the words after it. */
  private List<String> words() {
    List<String> words = new ArrayList<>(auth);
    words.removeIf(String::isBlank);
    if (!words.isEmpty()) {
      words.addAll(0, WORDS.splitToList(words.removeFirst()));
    }
    if (words.size() > 2) {
      throw new UsageException(AUTH, "must be " + MODES + "; is given " + words.size() + " words");
    }
    return words;
  }

  private static Path file(String text) {
    try {
      return Path.of(text.strip());
    } catch (InvalidPathException _) {
      throw new UsageException(AUTH, "tokens: no name of a file");
    }
  }

  private List<String> checkedAudiences() {
    if (audiences.stream().anyMatch(String::isBlank)) {
      throw new UsageException(AUDIENCE, "must not be empty");
    }
    return audiences;
  }

  private static SanGrant san(String text) {
    try {
      return SanGrant.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(SAN, text, String.valueOf(e.getMessage()));
    }
  }

  private static void refuseAlone(String flag, List<String> given, String mode) {
    if (!given.isEmpty()) {
      throw new UsageException(flag, "has no use without --auth " + mode);
    }
  }
}
