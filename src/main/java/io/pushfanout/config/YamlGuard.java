package io.pushfanout.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * A parser filter that rejects input which would exhaust the stack or multiply. The composer behind
 * it is recursive, so the limits apply before composition.
 */
final class YamlGuard implements Parser {
  /** Nesting levels at most; the output of {@code kubectl get -o yaml} has 10. */
  static final int MAX_DEPTH = 50;

  /** Aliases per document at most. */
  static final int MAX_ALIASES = 100;

  /**
   * Values per file at most. A value takes a hundred times its text in memory; 100 fanouts of 900
   * nodes fit.
   */
  static final int MAX_VALUES = 100_000;

  private final Parser parser;
  private int depth;
  private int aliases;
  private int values;
  private Optional<Mark> reached = Optional.empty();

  YamlGuard(Parser parser) {
    this.parser = parser;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return parser.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return parser.peekEvent();
  }

  @Override
  public boolean hasNext() {
    return parser.hasNext();
  }

  @Override
  public Event next() {
    Event event = parser.next();
    reached = event.getStartMark();
    if (++values > MAX_VALUES) {
      throw refusal(event, "more than %d values".formatted(MAX_VALUES));
    }
    switch (event) {
      case DocumentStartEvent _ -> aliases = 0;
      case AliasEvent _ -> {
        if (++aliases > MAX_ALIASES) {
          throw refusal(event, "more than %d aliases".formatted(MAX_ALIASES));
        }
      }
      case CollectionStartEvent start -> {
        if (++depth > MAX_DEPTH) {
          throw refusal(event, "nested more than %d deep".formatted(MAX_DEPTH));
        }
        refuseTag(event, start.getTag());
      }
      case CollectionEndEvent _ -> depth--;
      case ScalarEvent scalar -> refuseTag(event, scalar.getTag());
      default -> {
        // Other events carry no data.
      }
    }
    return event;
  }

  /** Returns the position of the last event. */
  Optional<Mark> reached() {
    return reached;
  }

  private static void refuseTag(Event event, Optional<String> tag) {
    if (tag.isPresent()) {
      throw refusal(event, "tags such as %s are not taken".formatted(tag.get()));
    }
  }

  private static ParserException refusal(Event event, String problem) {
    return new ParserException(problem, event.getStartMark());
  }
}
