package io.pushfanout;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.Source;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Execution(ExecutionMode.CONCURRENT)
class LayeringTest {
  private static final String ROOT = "io.pushfanout";
  private static final String BAD_ROOT = ROOT + ".badlayers";

  static {
    // Names are all that the rules look at; the classes of the libraries need not be read.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
  }

  private static final JavaClasses PROGRAM_AND_TESTS =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/badlayers/"))
          .importPackages(ROOT);
  private static final JavaClasses PROGRAM =
      PROGRAM_AND_TESTS.that(
          describe("are the program's", each -> !isTest(each.getSource().orElseThrow())));
  private static final JavaClasses BAD_PROGRAM = new ClassFileImporter().importPackages(BAD_ROOT);

  private static boolean isTest(Source source) {
    return source.getUri().toString().contains("/test-classes/");
  }

  static List<ArchRule> rules() {
    return Layering.rules(ROOT);
  }

  static List<ArchRule> rulesForTheBadProgram() {
    return Layering.rules(BAD_ROOT);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theProgramKeepsTheRule(ArchRule rule) {
    assertThat(PROGRAM).isNotEmpty();
    rule.check(PROGRAM);
  }

  @ParameterizedTest
  @MethodSource("rulesForTheBadProgram")
  void theRuleNoticesWhereTheBadProgramBreaksIt(ArchRule rule) {
    assertThat(rule.evaluate(BAD_PROGRAM).hasViolation()).isTrue();
  }

  @Test
  void testsMakeNoVirtualThreadsEither() {
    assertThat(PROGRAM_AND_TESTS.contain(LayeringTest.class)).isTrue();
    Layering.noVirtualThreads().check(PROGRAM_AND_TESTS);
  }
}
