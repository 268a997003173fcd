package io.pushfanout.cli;

import io.pushfanout.broadcast.BroadcastRequest;
import io.pushfanout.client.ServerUrl;
import io.pushfanout.conformance.OptionalService;
import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.options.BindHost;
import io.pushfanout.options.ByteSize;
import io.pushfanout.options.Port;
import io.pushfanout.text.DurationFormat;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * Converters of option values. Each converter throws an {@link IllegalArgumentException} with a
 * message that can follow the option's name.
 */
final class OptionTypes {
  private OptionTypes() {}

  /** The format of a command's result. */
  enum Output {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return word(this);
    }
  }

  /** Registers the converters for the command and all its subcommands. */
  static void register(CommandLine cli) {
    cli.registerConverter(boolean.class, OptionTypes::flag);
    cli.registerConverter(int.class, OptionTypes::whole);
    cli.registerConverter(Integer.class, OptionTypes::whole);
    cli.registerConverter(Port.class, Port::parse);
    cli.registerConverter(BindHost.class, BindHost::parse);
    cli.registerConverter(ByteSize.class, ByteSize::parse);
    cli.registerConverter(NodeAddress.class, text -> NodeAddress.parse(text.strip()));
    cli.registerConverter(FanoutName.class, OptionTypes::fanout);
    cli.registerConverter(BroadcastRequest.Target.class, OptionTypes::target);
    cli.registerConverter(Duration.class, OptionTypes::duration);
    cli.registerConverter(ServerUrl.class, ServerUrl::parse);
    cli.registerConverter(LogLevel.class, text -> oneOf(LogLevel.values(), text));
    cli.registerConverter(LogFormat.class, text -> oneOf(LogFormat.values(), text));
    cli.registerConverter(Output.class, text -> oneOf(Output.values(), text));
    cli.registerConverter(OptionalService.class, text -> oneOf(OptionalService.values(), text));
    cli.registerConverter(
        StatusCommand.Output.class, text -> oneOf(StatusCommand.Output.values(), text));
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false" + is(text));
    };
  }

  private static int whole(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("must be a whole number of 32 bits" + is(text));
    }
  }

  private static FanoutName fanout(String text) {
    try {
      return FanoutName.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be <namespace>/<name>" + is(text), e);
    }
  }

  private static BroadcastRequest.Target target(String text) {
    if (text.equals("all")) {
      return new BroadcastRequest.Target.All();
    }
    try {
      return new BroadcastRequest.Target.Named(FanoutName.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be <namespace>/<name> or all" + is(text), e);
    }
  }

  private static Duration duration(String text) {
    try {
      return DurationFormat.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + is(text), e);
    }
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String text) {
    return Arrays.stream(values)
        .filter(v -> word(v).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be one of "
                        + Arrays.stream(values)
                            .map(OptionTypes::word)
                            .collect(Collectors.joining(", "))
                        + is(text)));
  }

  /** Returns a value as users type it; completion uses {@code toString} of the value. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String is(String text) {
    return ", is \"" + text + "\"";
  }
}
