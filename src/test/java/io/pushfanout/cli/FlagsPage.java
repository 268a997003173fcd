package io.pushfanout.cli;

import io.pushfanout.tools.MadePage;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of all commands and options, generated from the commands that picocli parses. */
final class FlagsPage {
  private static final Pattern DEFAULT = Pattern.compile(" ?\\(default: (.*?)\\)\\.?$");

  private final StringBuilder page = new StringBuilder();

  private FlagsPage() {}

  static String generated() {
    return new FlagsPage().of(root());
  }

  private static CommandLine root() {
    PrintWriter none = new PrintWriter(Writer.nullWriter());
    return Cli.of(
        new Console(Map.of(), InputStream.nullInputStream(), none, none, () -> false, () -> false));
  }

  private String of(CommandLine root) {
    page.append("<!-- The code makes this page: ").append(MadePage.WRITE).append(" -->\n");
    page.append("# Commands and their options\n\n");
    page.append(
        "A variable stands for an option that is not given, a repeated one as a comma list.\n");
    root.getSubcommands().forEach(this::command);
    page.append("\n## Every command\n");
    group(root, OptionGroup.EVERYWHERE);
    page.append("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    root.getCommandSpec()
        .usageMessage()
        .exitCodeList()
        .forEach((code, meaning) -> row("`" + code + "`", cell(meaning)));
    return page.toString();
  }

  private void command(String name, CommandLine command) {
    page.append("\n## ").append(name).append("\n\n");
    page.append(cell(joined(command.getCommandSpec().usageMessage().description()))).append('\n');
    List<PositionalParamSpec> parameters = command.getCommandSpec().positionalParameters();
    if (!parameters.isEmpty()) {
      page.append("\n| argument | meaning |\n|---|---|\n");
      parameters.forEach(p -> row(code(p.paramLabel()), cell(joined(p.description()))));
    }
    for (OptionGroup group : OptionGroup.values()) {
      if (group != OptionGroup.EVERYWHERE) {
        group(command, group);
      }
    }
  }

  private void group(CommandLine command, OptionGroup group) {
    List<OptionSpec> options =
        command.getCommandSpec().options().stream()
            .filter(option -> !option.hidden())
            .filter(option -> OptionGroup.of(option.longestName()) == group)
            .toList();
    if (!options.isEmpty()) {
      page.append("\n**").append(group.heading()).append("**\n\n");
      row("option", "default", "variable", "meaning");
      page.append("|---|---|---|---|\n");
      options.forEach(this::option);
    }
  }

  private void option(OptionSpec option) {
    String text = joined(option.description());
    Matcher preset = DEFAULT.matcher(text);
    boolean found = preset.find();
    String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    row(
        code(String.join(", ", option.names()) + label),
        found ? cell(preset.group(1)) : "",
        EnvironmentDefaults.variable(option).map(FlagsPage::code).orElse(""),
        cell(found ? text.substring(0, preset.start()) + "." : text));
  }

  private void row(String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Returns the text of lines in picocli's form, whose percent signs are doubled. */
  private static String joined(String... lines) {
    return String.format(String.join(" ", lines)).strip();
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
  }
}
