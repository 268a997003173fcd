package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.tls.PemFiles;
import io.pushfanout.tools.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsProfileFlagsTest {
  @TempDir private Path dir;

  private Path profile(String name, String... files) throws IOException {
    Path profile = Files.createDirectories(dir.resolve(name));
    for (String file : files) {
      Files.writeString(profile.resolve(file), "not looked at yet");
    }
    return profile;
  }

  private static Map<String, PemFiles> profiles(
      Map<String, String> environment, String... arguments) {
    return CommandRun.read(ServeCommand.class, environment, arguments).options().tlsProfiles();
  }

  @Test
  void aProfileIsOfTheFilesThatItsDirectoryHas() throws IOException {
    Path full = profile("full", "ca.crt", "tls.crt", "tls.key");
    Path trusting = profile("trusting", "ca.crt");
    Path empty = profile("empty");

    assertThat(
            profiles(
                Map.of(),
                "serve",
                "--tls-profile=a=" + full + ",b=" + trusting,
                "--tls-profile",
                "c=" + empty))
        .isEqualTo(
            Map.of(
                "a",
                new PemFiles(
                    full.resolve("tls.crt"), full.resolve("tls.key"), full.resolve("ca.crt")),
                "b",
                new PemFiles(null, null, trusting.resolve("ca.crt")),
                "c",
                new PemFiles(null, null, null)));
    assertThat(profiles(Map.of("PUSHFANOUT_TLS_PROFILE", "a=" + full + ", b=" + empty), "serve"))
        .containsOnlyKeys("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          internal        | must be NAME=DIR, where NAME is a DNS label such as internal
          =DIR            | must be NAME=DIR, where NAME is a DNS label such as internal
          Internal=DIR    | must be NAME=DIR, where NAME is a DNS label such as internal
          a=DIR/nowhere   | there is no such directory
          a=DIR/certified | has no tls.key to go with its tls.crt
          a=DIR/keyed     | has no tls.crt to go with its tls.key
          """)
  void aProfileThatCannotBeIsRefusedByTheFlag(String given, String problem) throws IOException {
    profile("certified", "tls.crt", "ca.crt");
    profile("keyed", "tls.key");
    String argument = given.replace("DIR", dir.toString());
    assertRefused(argument, argument, problem);
  }

  @Test
  void aNameThatIsThereTwiceIsRefused() throws IOException {
    String twice = "a=" + profile("empty");
    assertRefused(twice + "," + twice, twice, "there are two profiles of this name");
  }

  private static void assertRefused(String given, String named, String problem) {
    CommandRun run = CommandRun.of("serve", "--node", "a:1", "--tls-profile", given);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("pushfanout serve: --tls-profile " + named + ": " + problem + "\n");
  }

  @Test
  void filesThatAreNoGoodAreRefusedAtTheStartByTheirNames() throws IOException {
    Path broken = profile("broken", "ca.crt");
    Certificates pki = new Certificates(dir.resolve("pki"));
    Path fine = profile("fine");
    Files.copy(pki.ca(), fine.resolve("ca.crt"));

    CommandRun run =
        CommandRun.of(
            "serve",
            "--node=127.0.0.1:1",
            "--grpc-port=0",
            "--http-port=0",
            "--tls-profile=a=" + fine + ",b=" + broken);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "pushfanout serve: --tls-profile: "
                + broken.resolve("ca.crt")
                + ": holds no PEM certificate");
  }

  @Test
  void aProfileThatNoFlagHasCannotBeSet() {
    CommandRun run = CommandRun.of("serve", "--node=a:1", "--set=tls.profile=internal");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith(
            "pushfanout serve: --set tls.profile=internal: there is no --tls-profile of that name");
  }
}
