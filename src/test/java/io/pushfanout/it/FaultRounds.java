package io.pushfanout.it;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link FaultCase} once, and in the long form as often as a median needs. */
final class FaultRounds implements TestTemplateInvocationContextProvider {
  private static final int ROUNDS = LongForm.or(1, 3);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return IntStream.rangeClosed(1, ROUNDS)
        .mapToObj(
            _ ->
                new TestTemplateInvocationContext() {
                  @Override
                  public String getDisplayName(int round) {
                    return ROUNDS == 1
                        ? context.getDisplayName()
                        : "%s round %d".formatted(context.getDisplayName(), round);
                  }
                });
  }
}
