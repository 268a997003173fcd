package io.pushfanout;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TextFormat;
import io.pushfanout.protocol.Push;
import io.pushfanout.protocol.v1.DeliveryOuterClass;
import io.pushfanout.protocol.v1.InterestOuterClass;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the examples in other languages to the protos and to the libraries of their tests. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");
  private static final long LINES_MAX = 60;
  private static final long NODE_LINES_MAX = 150;

  private static final Pattern POM_VERSION = Pattern.compile("<([a-z-]+\\.version)>([^<]+)</");
  private static final Pattern GO_VERSION = Pattern.compile("(?m)^\t(\\S+) (v\\S+)$");
  private static final String LITERAL = "((?:[^%1$s\\\\]|\\\\.)*)%1$s";

  @ParameterizedTest
  @ValueSource(strings = {"caller-go", "caller-java", "caller-node", "caller-python"})
  void aCallerIsShortAndPrintsItsUsage(String name) throws Exception {
    assertThat(lines(name)).isBetween(30L, LINES_MAX);
    assertUsage(name, "BODY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"connect-node-node", "connect-node-python"})
  void aRegisteredNodeIsShortAndPrintsItsUsage(String name) throws Exception {
    assertThat(lines(name)).isBetween(60L, NODE_LINES_MAX);
    assertUsage(name, "HOST:PORT [ROOM...]");
  }

  private static long lines(String name) throws Exception {
    long lines = 0;
    try (Stream<Path> files = Files.walk(EXAMPLES.resolve(name))) {
      for (Path source : files.filter(ExamplesTest::isSource).toList()) {
        lines += Files.readAllLines(source).size();
      }
    }
    return lines;
  }

  private static void assertUsage(String name, String arguments) throws Exception {
    String program = EXAMPLES.resolve(name).resolve("run").toString();
    Process run = new ProcessBuilder(program).redirectErrorStream(true).start();
    assertThat(run.getInputStream().readAllBytes())
        .asString()
        .isEqualTo("usage: " + program + " " + arguments + "\n");
    assertThat(run.waitFor()).isEqualTo(2);
  }

  private static boolean isSource(Path file) {
    String name = file.getFileName().toString();
    boolean installed = file.toString().matches(".*/(target|node_modules|\\.venv)/.*");
    return !installed
        && name.matches(".*\\.(go|java|js|py)")
        && !name.contains("_pb")
        && !name.contains(".pb.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"caller-java", "connect-node-java"})
  void theOnesInJavaHaveTheLibrariesOfTheirTests(String name) throws Exception {
    Map<String, String> versions = versions(POM_VERSION, EXAMPLES.resolve(name).resolve("pom.xml"));
    assertThat(versions).isNotEmpty();
    assertThat(versions(POM_VERSION, Path.of("pom.xml"))).containsAllEntriesOf(versions);
  }

  @Test
  void theCallerInGoHasTheLibrariesOfTheTests() throws Exception {
    Map<String, String> ours = versions(GO_VERSION, Path.of("src/test/go/peer/go.mod"));
    assertThat(ours).containsKey("google.golang.org/grpc");
    assertThat(versions(GO_VERSION, EXAMPLES.resolve("caller-go/go.mod")))
        .containsAllEntriesOf(ours);
  }

  @ParameterizedTest
  @ValueSource(strings = {"caller-node", "connect-node-node"})
  void theOnesOnNodeHaveThePackagesOfTheTests(String name) throws Exception {
    Map<String, Object> packages = packages(EXAMPLES.resolve(name).resolve("package.json"));
    assertThat(packages).isNotEmpty();
    assertThat(packages(Path.of("tools/node/package.json"))).containsAllEntriesOf(packages);
  }

  @ParameterizedTest
  @ValueSource(strings = {"caller-python", "connect-node-python"})
  void theOnesInPythonHaveThePackagesOfTheTests(String name) throws Exception {
    List<String> packages = Files.readAllLines(EXAMPLES.resolve(name).resolve("requirements.txt"));
    assertThat(packages).isNotEmpty();
    assertThat(Files.readAllLines(Path.of("tools/python/requirements.txt"))).containsAll(packages);
  }

  @Test
  void generatedStubsAreThoseOfTheProtos() throws Exception {
    FileDescriptorProto push = withoutJsonNames(Push.getDescriptor());
    assertThat(ofGo("caller-go/pb/push.pb.go")).isEqualTo(push);
    assertThat(ofGo("connect-node-go/protocol/push.pb.go")).isEqualTo(push);
    assertThat(ofGo("connect-node-go/interest/interest.pb.go"))
        .isEqualTo(withoutJsonNames(InterestOuterClass.getDescriptor()));
    assertThat(ofGo("connect-node-go/delivery/delivery.pb.go"))
        .isEqualTo(withoutJsonNames(DeliveryOuterClass.getDescriptor()));
    assertThat(ofPython("caller-python/push_pb2.py")).isEqualTo(push);
    assertThat(ofPython("connect-node-python/push_pb2.py")).isEqualTo(push);
    assertThat(ofPython("connect-node-python/delivery_pb2.py"))
        .isEqualTo(withoutJsonNames(DeliveryOuterClass.getDescriptor()));
    assertThat(ofPython("connect-node-python/interest_pb2.py"))
        .isEqualTo(withoutJsonNames(InterestOuterClass.getDescriptor()));
  }

  private static FileDescriptorProto ofGo(String file) throws Exception {
    String text = Files.readString(EXAMPLES.resolve(file));
    String literals = text.substring(text.indexOf("_rawDesc = "));
    return descriptor(
        "\"" + LITERAL.formatted("\""), literals.substring(0, literals.indexOf("\n\n")));
  }

  private static FileDescriptorProto ofPython(String file) throws Exception {
    return descriptor(
        "AddSerializedFile\\(b'" + LITERAL.formatted("'"),
        Files.readString(EXAMPLES.resolve(file)));
  }

  private static FileDescriptorProto descriptor(String literal, String text) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher part = Pattern.compile(literal).matcher(text);
    while (part.find()) {
      ByteString decoded = TextFormat.unescapeBytes(part.group(1));
      decoded.writeTo(bytes);
    }
    return withoutJsonNames(
        FileDescriptor.buildFrom(
            FileDescriptorProto.parseFrom(bytes.toByteArray()), new FileDescriptor[0]));
  }

  /** Returns the descriptor without the names that some generators add by the fields' names. */
  private static FileDescriptorProto withoutJsonNames(FileDescriptor file) {
    FileDescriptorProto.Builder copy = file.toProto().toBuilder();
    for (DescriptorProto.Builder message : copy.getMessageTypeBuilderList()) {
      message.getFieldBuilderList().forEach(FieldDescriptorProto.Builder::clearJsonName);
    }
    return copy.build();
  }

  private static Map<String, String> versions(Pattern form, Path file) throws Exception {
    Map<String, String> versions = new HashMap<>();
    Matcher version = form.matcher(Files.readString(file, StandardCharsets.UTF_8));
    while (version.find()) {
      versions.put(version.group(1), version.group(2));
    }
    return versions;
  }

  private static Map<String, Object> packages(Path manifest) throws Exception {
    return new JsonObject(Files.readString(manifest)).getJsonObject("dependencies").getMap();
  }
}
