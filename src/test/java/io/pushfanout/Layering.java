package io.pushfanout;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The arrows between packages: one direction, from {@code cli} through {@code app} and the adapters
 * to the core. The rules are for any root package, so that a small program that breaks them all
 * proves that each one bites.
 */
final class Layering {
  private static final Set<String> CORE =
      Set.of(
          "text", "model", "plan", "share", "interest", "queue", "delivery", "broadcast", "fanout");

  /** The only package that makes threads. */
  private static final String THREADS = "concurrent";

  /** The packages that see nothing of ours, and that all others see. */
  private static final Set<String> FOR_ALL = Set.of(THREADS, "text");

  /** Every package of ours and the others of ours that it sees, beside {@link #FOR_ALL}. */
  private static final Map<String, Set<String>> SEES =
      Map.ofEntries(
          Map.entry(THREADS, Set.of()),
          Map.entry("text", Set.of()),
          Map.entry("model", Set.of()),
          Map.entry("plan", Set.of("model")),
          Map.entry("share", Set.of()),
          Map.entry("interest", Set.of()),
          Map.entry("queue", Set.of("model", "share")),
          Map.entry("delivery", Set.of("model", "interest", "queue")),
          Map.entry("broadcast", Set.of("model", "plan", "share", "interest", "queue")),
          Map.entry(
              "fanout",
              Set.of("model", "plan", "share", "interest", "queue", "delivery", "broadcast")),
          // Generated from proto/.
          Map.entry("protocol", Set.of()),
          Map.entry("http2", Set.of()),
          Map.entry("reload", Set.of("model")),
          Map.entry("tls", Set.of("model", "reload")),
          Map.entry("lookup", Set.of("share")),
          Map.entry(
              "connect",
              Set.of(
                  "model",
                  "interest",
                  "queue",
                  "delivery",
                  "http2",
                  "protocol",
                  "reload",
                  "tls",
                  "lookup")),
          Map.entry("auth", Set.of("model", "reload", "share")),
          Map.entry("audit", Set.of("model", "reload")),
          Map.entry(
              "server",
              Set.of(
                  "model",
                  "queue",
                  "interest",
                  "broadcast",
                  "protocol",
                  "tls",
                  "auth",
                  "audit",
                  "share",
                  "http2")),
          Map.entry(
              "http", Set.of("model", "broadcast", "protocol", "server", "management", "json")),
          Map.entry("options", Set.of("model", "reload", "tls")),
          Map.entry("tracing", Set.of("model", "queue", "broadcast", "options")),
          Map.entry("json", Set.of("model")),
          Map.entry("client", Set.of("model", "protocol", "reload", "tls", "options", "json")),
          Map.entry("bench", Set.of("model", "tls", "options", "client")),
          Map.entry("conformance", Set.of("model", "protocol", "tls", "options", "client", "json")),
          Map.entry("logging", Set.of("model")),
          Map.entry("posix", Set.of()),
          Map.entry("register", Set.of("model", "discovery", "posix")),
          Map.entry(
              "app",
              Set.of(
                  "model",
                  "plan",
                  "queue",
                  "interest",
                  "broadcast",
                  "fanout",
                  "reload",
                  "tls",
                  "options",
                  "auth",
                  "audit",
                  "connect",
                  "server",
                  "management",
                  "http",
                  "node",
                  "discovery",
                  "config",
                  "operator",
                  "checkpoint",
                  "history",
                  "tracing")),
          Map.entry(
              "demo",
              Set.of(
                  "model",
                  "auth",
                  "discovery",
                  "node",
                  "server",
                  "client",
                  "protocol",
                  "tracing",
                  "app")),
          Map.entry(
              "cli",
              Set.of(
                  "model",
                  "reload",
                  "tls",
                  "options",
                  "logging",
                  "lookup",
                  "auth",
                  "broadcast",
                  "config",
                  "discovery",
                  "node",
                  "operator",
                  "protocol",
                  "server",
                  "client",
                  "bench",
                  "conformance",
                  "demo",
                  "tracing",
                  "posix",
                  "register",
                  "app")),
          Map.entry("training", Set.of("app", "cli")),
          Map.entry("node", Set.of("model", "protocol", "tls")),
          Map.entry(
              "management",
              Set.of("model", "plan", "interest", "queue", "broadcast", "fanout", "tls", "json")),
          Map.entry("config", Set.of("model", "reload")),
          Map.entry("history", Set.of("model", "plan", "queue", "fanout")),
          Map.entry(
              "operator",
              Set.of(
                  "model",
                  "plan",
                  "queue",
                  "fanout",
                  "auth",
                  "history",
                  "tls",
                  "checkpoint",
                  "discovery.source")),
          Map.entry("checkpoint", Set.of("model", "reload", "json")),
          Map.entry("discovery", Set.of("model", "plan", "lookup", "reload", "tls")));

  /** A room within a package, and the packages of the same house that it does not see. */
  private static final Map<String, Set<String>> INNER_ROOMS =
      Map.of(
          "server.guard", Set.of("server"),
          "management.page", Set.of("management"),
          "operator.client", Set.of("operator"),
          "operator.policy", Set.of("operator"),
          "operator.resource", Set.of("operator"));

  /** Where a library may be used; a library that comes is added with its home. */
  private static final Map<String, Set<String>> HOMES =
      Map.ofEntries(
          // Keys and authorities of both sides of gRPC's TLS come from gRPC's utilities.
          Map.entry(
              "io.grpc", Set.of("server", "client", "conformance", "node", "protocol", "tls")),
          Map.entry(
              "com.google.protobuf",
              Set.of(
                  "connect",
                  "server",
                  "http",
                  "client",
                  "node",
                  "protocol",
                  "cli",
                  "bench",
                  "conformance",
                  "demo")),
          Map.entry("com.google.rpc", Set.of("server", "client")),
          // gRPC and Vert.x are Netty beneath, so its buffers and event loops show through; jetcd's
          // TLS is Netty's.
          Map.entry(
              "io.netty",
              Set.of(
                  "http2", "tls", "connect", "server", "node", "management", "discovery", "app")),
          Map.entry(
              "io.vertx",
              Set.of("node", "management", "http", "bench", "cli", "app", "demo", "training")),
          Map.entry("io.etcd", Set.of("discovery")),
          Map.entry("io.fabric8", Set.of("operator")),
          Map.entry("io.javaoperatorsdk", Set.of("operator")),
          Map.entry(
              "com.fasterxml.jackson",
              Set.of("auth", "audit", "discovery", "operator", "json", "checkpoint", "client")),
          Map.entry("io.micrometer", Set.of("management")),
          Map.entry("io.opentelemetry", Set.of("tracing")),
          Map.entry("io.prometheus", Set.of("management")),
          Map.entry("org.snakeyaml", Set.of("config")),
          Map.entry("org.HdrHistogram", Set.of("client")),
          Map.entry("io.github.bucket4j", Set.of("auth")),
          Map.entry("picocli", Set.of("cli", "training")),
          Map.entry("ch.qos.logback", Set.of("logging")),
          Map.entry("org.slf4j.bridge", Set.of("logging")));

  /** The methods of the JDK that make virtual threads; no others have their names. */
  private static final Set<String> VIRTUAL =
      Set.of("ofVirtual", "startVirtualThread", "newVirtualThreadPerTaskExecutor");

  private static final String[] CORE_LIBRARIES = {
    "java..", "com.google.common..", "org.slf4j..", "org.jspecify.."
  };

  private final String root;

  private Layering(String root) {
    this.root = root;
  }

  static List<ArchRule> rules(String root) {
    Layering layering = new Layering(root);
    List<ArchRule> rules = new ArrayList<>();
    SEES.keySet().stream().sorted().map(layering::seesOnly).forEach(rules::add);
    INNER_ROOMS.keySet().stream().sorted().map(layering::seesNotItsHouse).forEach(rules::add);
    HOMES.keySet().stream().sorted().map(layering::hasItsHome).forEach(rules::add);
    rules.add(layering.coreIsPlainJava());
    rules.add(layering.everyPackageIsKnown());
    rules.add(layering.noCycles());
    rules.add(layering.threadsHaveTheirHome());
    rules.add(noVirtualThreads());
    // A package may be empty still: it is the bad program that shows that a rule matches.
    return rules.stream().map(rule -> rule.allowEmptyShould(true)).toList();
  }

  private ArchRule seesOnly(String layer) {
    Set<String> seen = SEES.get(layer);
    Stream<String> forAll = FOR_ALL.contains(layer) ? Stream.of() : FOR_ALL.stream();
    Stream<String> others = Stream.concat(forAll, seen.stream());
    String[] allowed = ours(Stream.concat(Stream.of(layer), others));
    return noClasses()
        .that()
        .resideInAPackage(in(layer))
        .should()
        .dependOnClassesThat(resideInAPackage(root + "..").and(not(resideInAnyPackage(allowed))))
        .as(layer + " sees of ours only " + seen.stream().sorted().toList());
  }

  private ArchRule seesNotItsHouse(String room) {
    Set<String> houses = INNER_ROOMS.get(room);
    return noClasses()
        .that()
        .resideInAPackage(in(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(houses.stream().map(house -> root + "." + house).toArray(String[]::new))
        .as(room + " does not see " + houses.stream().sorted().toList());
  }

  private ArchRule hasItsHome(String library) {
    Set<String> homes = HOMES.get(library);
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackages(ours(homes.stream()))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..")
        .as(library + " is used only in " + homes.stream().sorted().toList());
  }

  private ArchRule coreIsPlainJava() {
    return noClasses()
        .that()
        .resideInAnyPackage(ours(CORE.stream()))
        .should()
        .dependOnClassesThat(
            not(resideInAnyPackage(CORE_LIBRARIES)).and(not(resideInAPackage(root + ".."))))
        .as("the core needs nothing but " + String.join(", ", CORE_LIBRARIES));
  }

  private ArchRule everyPackageIsKnown() {
    return classes()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .resideInAnyPackage(ours(SEES.keySet().stream()))
        .as("every package is one of the known ones");
  }

  private ArchRule noCycles() {
    return slices().matching(root + ".(*)..").should().beFreeOfCycles();
  }

  private ArchRule threadsHaveTheirHome() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(in(THREADS))
        .should()
        .callMethod(Thread.class, "ofPlatform")
        .orShould()
        .callConstructorWhere(
            describe("make a thread", call -> call.getTargetOwner().isAssignableTo(Thread.class)))
        .as("threads are made only in " + THREADS);
  }

  /** The reason is at {@code concurrent.Threads}; it holds for tests too. */
  static ArchRule noVirtualThreads() {
    return noClasses()
        .should()
        .accessTargetWhere(
            describe("make virtual threads", access -> VIRTUAL.contains(access.getName())))
        .as("no thread is virtual");
  }

  private String[] ours(Stream<String> layers) {
    return layers.map(this::in).toArray(String[]::new);
  }

  private String in(String layer) {
    return root + "." + layer + "..";
  }
}
