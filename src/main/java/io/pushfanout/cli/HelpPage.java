package io.pushfanout.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The layout of {@code --help}: options in groups, each with its environment variable, then the
 * value formats and the address of the documentation.
 */
final class HelpPage {
  static final String DOCS = "https://github.com/pushfanout/pushfanout/tree/main/docs";

  private static final String FORMS_DURATION =
      "DURATION is a number with a unit, or several: 500ms, 5s, 1m30s, 24h.";
  private static final String FORMS_QUANTITY =
      "QUANTITY is bytes, with or without a unit: 65536, 64Ki, 4Mi, 1Gi.";

  private HelpPage() {}

  /** Applies the layout to the command and all its subcommands. */
  static void applyTo(CommandLine command) {
    describe(command);
    command.getSubcommands().values().forEach(HelpPage::applyTo);
  }

  private static void describe(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.abbreviateSynopsis(command.getSubcommands().isEmpty());
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpPage::options);
    List<String> footer = new ArrayList<>(Arrays.asList(usage.footer()));
    footer.addAll(forms(command.getCommandSpec().options()));
    footer.add("");
    footer.add("Documentation: " + DOCS);
    usage.footer(footer.toArray(String[]::new));
  }

  private static String options(Help help) {
    StringBuilder text = new StringBuilder();
    for (OptionGroup group : OptionGroup.values()) {
      List<OptionSpec> options =
          help.commandSpec().options().stream()
              .filter(option -> !option.hidden())
              .filter(option -> OptionGroup.of(option.longestName()) == group)
              .toList();
      if (!options.isEmpty()) {
        text.append('\n').append(group.heading()).append(":\n").append(options(help, options));
      }
    }
    return text.toString();
  }

  private static String options(Help help, List<OptionSpec> options) {
    List<OptionSpec> all = help.commandSpec().options(); // All groups have the same columns.
    Help.IOptionRenderer plain = help.createDefaultOptionRenderer();
    Help.Layout layout =
        new Help.Layout(
            help.colorScheme(),
            Help.TextTable.forDefaultColumns(
                help.colorScheme(),
                help.calcLongOptionColumnWidth(all, List.of(), help.colorScheme()),
                help.commandSpec().usageMessage().width()),
            (option, label, scheme) -> withVariable(plain.render(option, label, scheme), option),
            help.createDefaultParameterRenderer());
    layout.addOptions(options, help.parameterLabelRenderer());
    return layout.toString();
  }

  private static Text[][] withVariable(Text[][] rows, OptionSpec option) {
    EnvironmentDefaults.variable(option)
        .ifPresent(
            variable -> {
              Text[] last = rows[rows.length - 1];
              last[last.length - 1] = last[last.length - 1].concat(" [" + variable + "]");
            });
    return rows;
  }

  private static List<String> forms(List<OptionSpec> options) {
    List<String> forms = new ArrayList<>();
    if (takes(options, "DURATION")) {
      forms.add(FORMS_DURATION);
    }
    if (takes(options, "QUANTITY") || takes(options, "SIZE")) {
      forms.add(FORMS_QUANTITY.replace("QUANTITY", takes(options, "SIZE") ? "SIZE" : "QUANTITY"));
    }
    if (options.stream().anyMatch(option -> option.longestName().equals(SetFlags.FLAG))) {
      forms.add("FIELD of --set is one of " + SetFlags.fields() + ".");
    }
    if (!options.isEmpty()) {
      forms.add(
          "A variable in [] stands for an option that is not given, a repeated one as a list.");
    }
    if (!forms.isEmpty()) {
      forms.addFirst("");
    }
    return forms;
  }

  private static boolean takes(List<OptionSpec> options, String label) {
    return options.stream().anyMatch(option -> option.paramLabel().equals(label));
  }
}
