package io.pushfanout.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A case of the fault suite, see docs/reliability.md: {@code mvn verify -Dgroups=fault} runs them
 * all, {@code -Plong} each of them several times. Each case prints its measurements with {@link
 * FaultReport}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("fault")
@TestTemplate
@ExtendWith(FaultRounds.class)
@interface FaultCase {}
