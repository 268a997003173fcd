package io.pushfanout.it;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The Dockerfile: its instructions in order. */
record ImageRecipe(List<Instruction> instructions) {
  /** The name of an instruction, and the rest of its line. */
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

  /** Returns the one instruction of that name. */
  Instruction the(String name) {
    List<Instruction> found =
        instructions.stream().filter(instruction -> instruction.name().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError("one " + name + " is wanted, there are " + found);
    }
    return found.getFirst();
  }

  /** Returns the words of an instruction that is written as a JSON array. */
  List<String> array(String name) {
    return new JsonArray(the(name).rest()).stream().map(String.class::cast).toList();
  }

  /** Returns the modules of the JDK that bin/assemble links. */
  static List<String> modules() throws IOException {
    Matcher flag =
        Pattern.compile("--add-modules (\\S+)")
            .matcher(Files.readString(Path.of("bin", "assemble")));
    if (!flag.find()) {
      throw new AssertionError("bin/assemble links no modules");
    }
    return List.of(flag.group(1).split(",", -1));
  }
}
