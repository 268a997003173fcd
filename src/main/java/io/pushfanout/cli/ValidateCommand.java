package io.pushfanout.cli;

import io.pushfanout.config.Validation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A command that checks PushFanout files. */
@Command(
    name = "validate",
    description = "Checks PushFanout YAML files; an error a line: file:line: field: message.",
    sortOptions = false,
    exitCodeList = {"0:all are valid", "1:there are errors", "2:wrong use of the command line"})
final class ValidateCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A file, or a directory of *.yaml and *.yml files.")
  private List<Path> files = List.of();

  ValidateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Validation validation = Validation.of(files);
    validation.lines().forEach(console.out()::println);
    return validation.valid() ? ExitCodes.DONE : ExitCodes.FAILED;
  }
}
