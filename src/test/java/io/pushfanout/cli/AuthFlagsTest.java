package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Splitter;
import io.pushfanout.app.BindWarnings;
import io.pushfanout.app.ServeOptions;
import io.pushfanout.auth.AuthMode;
import io.pushfanout.auth.CertificateAuthorizer.SanGrant;
import io.pushfanout.options.BindHost;
import io.pushfanout.options.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthFlagsTest {
  private static final AuthMode TOKENS = new AuthMode.Tokens(Path.of("/etc/tokens"));
  private static final String TLS = " --tls-cert c --tls-key k --tls-client-ca a";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--auth tokens /etc/tokens",
        "--auth=tokens /etc/tokens",
        "--auth tokens,/etc/tokens",
        "--auth=tokens,/etc/tokens",
        "--auth=tokens=/etc/tokens",
        "--auth tokens --auth /etc/tokens",
        "--auth tokens /etc/tokens --bind 0.0.0.0",
      })
  void theModeAndItsFileAreTakenHoweverTheyAreWritten(String arguments) {
    assertThat(mode(Map.of(), arguments)).isEqualTo(TOKENS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokens,/etc/tokens", "tokens, /etc/tokens", "tokens /etc/tokens"})
  void theyMayStandInTheEnvironment(String value) {
    assertThat(mode(Map.of("PUSHFANOUT_AUTH", value), "")).isEqualTo(TOKENS);
    assertThat(mode(Map.of("PUSHFANOUT_AUTH", value, "PUSHFANOUT_BIND", "0.0.0.0"), ""))
        .isEqualTo(TOKENS);
    assertThat(mode(Map.of("PUSHFANOUT_AUTH", value), "--auth none"))
        .isEqualTo(new AuthMode.None());
  }

  @Test
  void aFilesNameMayHaveSpacesInIt() {
    ServeCommand command =
        CommandRun.read(
            ServeCommand.class, Map.of(), new String[] {"serve", "--auth", "tokens", "/my tokens"});

    assertThat(command.options().authMode()).isEqualTo(new AuthMode.Tokens(Path.of("/my tokens")));
  }

  @Test
  void theOtherModesAreTakenWithTheirOptions() {
    assertThat(mode(Map.of(), "")).isEqualTo(new AuthMode.None());
    assertThat(mode(Map.of(), "--auth none --kubernetes")).isEqualTo(new AuthMode.None());
    assertThat(mode(Map.of(), "--auth kubernetes --kubernetes"))
        .isEqualTo(new AuthMode.Kubernetes(List.of()));
    assertThat(mode(Map.of(), "--auth=kubernetes --auth-audience a --auth-audience=b,c"))
        .isEqualTo(new AuthMode.Kubernetes(List.of("a", "b", "c")));
    assertThat(mode(Map.of(), "--auth mtls" + TLS)).isEqualTo(new AuthMode.Mtls(List.of()));
    assertThat(
            mode(Map.of(), "--auth mtls --auth-san *.x,spiffe://td/* --auth-san a.x=acme/*" + TLS))
        .isEqualTo(
            new AuthMode.Mtls(
                List.of(
                    SanGrant.parse("*.x"),
                    SanGrant.parse("spiffe://td/*"),
                    SanGrant.parse("a.x=acme/*"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --auth                    | --auth: needs a value
          --auth kubernets          | --auth: must be none, kubernetes, tokens FILE or mtls, is "kubernets"
          --auth None               | --auth: must be none, kubernetes, tokens FILE or mtls, is "None"
          --auth /etc/tokens        | --auth: must be none, kubernetes, tokens FILE or mtls, is "/etc/tokens"
          --auth tokens             | --auth: tokens needs a file: --auth tokens FILE
          --auth tokens=            | --auth: tokens needs a file: --auth tokens FILE
          --auth none f             | --auth: none takes nothing more, is followed by "f"
          --auth none --auth mtls   | --auth: none takes nothing more, is followed by "mtls"
          --auth tokens a b         | b: one argument too many
          --auth tokens,a,b         | --auth: must be none, kubernetes, tokens FILE or mtls; is given 3 words
          --auth none --auth-audience a  | --auth-audience: has no use without --auth kubernetes
          --auth-audience a         | --auth-audience: has no use without --auth kubernetes
          --auth kubernetes --auth-san a | --auth-san: has no use without --auth mtls
          --auth mtls --auth-san w*.x    | --auth-san w*.x: must be a DNS name or a URI of a certificate; * stands for one whole label or segment
          --auth mtls --auth-san a=x     | --auth-san a=x: a target must be <namespace>/<name>, <namespace>/* or all
          """)
  void invalidOptionsAreRefused(String arguments, String problem) {
    CommandRun run = CommandRun.of(words("serve " + arguments));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("pushfanout serve: " + problem + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "some.host", "localhost.example"})
  void anAddressBeyondLoopbackNeedsAnAuthMode(String bind) {
    assertThat(CommandRun.of("serve", "--bind", bind).code()).isEqualTo(2);
    assertThat(CommandRun.of("serve", "--bind", bind).err())
        .startsWith(
            "pushfanout serve: --auth: is needed with --bind %s, which others can reach: none,"
                    .formatted(bind)
                + " kubernetes, tokens FILE or mtls\n");
    assertThat(CommandRun.in(Map.of("PUSHFANOUT_BIND", bind), "serve").code()).isEqualTo(2);
    assertThat(mode(Map.of("PUSHFANOUT_AUTH", "none"), "--bind " + bind))
        .isEqualTo(new AuthMode.None());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"})
  void onLoopbackCallersAreNotAuthenticated(String bind) {
    assertThat(mode(Map.of(), "--bind " + bind)).isEqualTo(new AuthMode.None());
    assertThat(options(Map.of(), "--bind " + bind).warnings()).isEmpty();
    assertThat(options(Map.of(), "--auth kubernetes --bind " + bind).warnings()).isEmpty();
  }

  @Test
  void reachablePortsWithoutProtectionAreWarnedOf() {
    assertThat(options(Map.of(), "--bind 0.0.0.0 --auth none").warnings())
        .containsExactly(
            "--auth none: every client that reaches 0.0.0.0 may broadcast to all nodes");
    assertThat(options(Map.of(), "--bind :: --auth kubernetes").warnings())
        .containsExactly("callers send their tokens to :: in clear text, for there is no TLS");
    assertThat(options(Map.of(), "--bind 0.0.0.0 --auth tokens f").warnings()).hasSize(1);
    assertThat(options(Map.of(), "--bind 0.0.0.0 --auth mtls" + TLS).warnings()).isEmpty();
    assertThat(BindWarnings.warnings(new BindHost("::"), TOKENS, true)).isEmpty();
  }

  @Test
  void mtlsWithoutAnAuthorityIsRefused() {
    assertThatThrownBy(() -> mode(Map.of(), "--auth mtls --tls-cert c --tls-key k"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--tls-client-ca");
  }

  private static AuthMode mode(Map<String, String> environment, String arguments) {
    return options(environment, arguments).authMode();
  }

  private static ServeOptions options(Map<String, String> environment, String arguments) {
    return CommandRun.read(ServeCommand.class, environment, words("serve " + arguments)).options();
  }

  private static String[] words(String line) {
    return new ArrayList<>(Splitter.on(' ').omitEmptyStrings().splitToList(line))
        .toArray(String[]::new);
  }
}
