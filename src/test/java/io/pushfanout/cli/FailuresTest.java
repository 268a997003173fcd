package io.pushfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class FailuresTest {
  @Command(name = "work")
  record Work(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  @Test
  void aForeseenFailureIsItsMessageAndNothingElse() {
    assertThat(run(new IOException("cannot listen on :80: in use", new BindException("bind(..)"))))
        .isEqualTo("1 work: cannot listen on :80: in use\n");
    assertThat(run(new IOException("NOT_FOUND: a/b", new IllegalStateException("NOT_FOUND"))))
        .isEqualTo("1 work: NOT_FOUND: a/b\n");
  }

  @Test
  void anUnexpectedFailureIsOneLineWithItsOperationAndCause() {
    assertThat(run(new IllegalStateException("cannot start", new BindException("in use"))))
        .isEqualTo("1 work: java.lang.IllegalStateException: cannot start: in use\n");
  }

  @Test
  void aCauseWithoutNewWordsIsLeftOut() {
    assertThat(run(new IllegalStateException("cannot listen: in use", new BindException("in use"))))
        .isEqualTo("1 work: java.lang.IllegalStateException: cannot listen: in use\n");
  }

  @Test
  void anUnexpectedExceptionIsNamedWithItsType() {
    assertThat(run(new IllegalStateException("odd")))
        .isEqualTo("1 work: java.lang.IllegalStateException: odd\n");
    assertThat(run(new IOException((String) null))).isEqualTo("1 work: java.io.IOException\n");
  }

  @Test
  void aFileThatCannotBeUsedIsNamedWithTheReason() {
    assertThat(run(new NoSuchFileException("/a/b")))
        .isEqualTo("1 work: /a/b: no such file or directory\n");
    assertThat(run(new AccessDeniedException("/a"))).isEqualTo("1 work: /a: permission denied\n");
    assertThat(run(new FileAlreadyExistsException("/a")))
        .isEqualTo("1 work: /a: is there already\n");
    assertThat(run(new FileSystemException("/a", null, "Read-only file system")))
        .isEqualTo("1 work: /a: Read-only file system\n");
  }

  @Test
  void aPeersTextCannotEndTheLine() {
    assertThat(run(new IOException("it said: a\nb"))).isEqualTo("1 work: it said: a\\nb\n");
  }

  private static String run(Exception failure) {
    StringWriter text = new StringWriter();
    PrintWriter err = new PrintWriter(text, true);
    UsageErrors usage = new UsageErrors(new EnvironmentDefaults(Map.of()), err);
    int code =
        new CommandLine(new Work(failure))
            .setExecutionExceptionHandler(new Failures(usage, err))
            .execute();
    return code + " " + text;
  }
}
