package io.pushfanout.it;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The Dockerfile: its instructions in order. */
record ImageRecipe(List<Instruction> instructions) {
  /** An instruction's name, and the rest of its line. */
  record Instruction(String name, String rest) {
    List<String> words() {
      return List.of(rest.strip().split("\\s+"));
    }
  }

  static ImageRecipe read() throws IOException {
    String text =
        Files.readString(Path.of("Dockerfile"))
            .lines()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining("\n"))
            .replace("\\\n", " ");
    return new ImageRecipe(
        text.lines()
            .filter(line -> !line.isBlank())
            .map(line -> line.split(" ", 2))
            .map(parts -> new Instruction(parts[0], parts[1]))
            .toList());
  }

  /** The one instruction of that name. */
  Instruction the(String name) {
    List<Instruction> found =
        instructions.stream().filter(instruction -> instruction.name().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError("one " + name + " is wanted, there are " + found);
    }
    return found.getFirst();
  }

  /** The words of an instruction that is written as a JSON array. */
  List<String> array(String name) {
    return new JsonArray(the(name).rest()).stream().map(String.class::cast).toList();
  }

  /** What follows a flag of jlink. */
  String jlink(String flag) {
    List<String> words =
        instructions.stream()
            .filter(instruction -> instruction.name().equals("RUN"))
            .map(Instruction::words)
            .filter(command -> command.getFirst().equals("jlink"))
            .findFirst()
            .orElseThrow();
    return words.get(words.indexOf(flag) + 1);
  }

  List<String> modules() {
    return Arrays.asList(jlink("--add-modules").split(","));
  }
}
