/**
 * Traces of broadcasts, exported by OTLP. Start with {@link Tracing}. This package alone uses
 * OpenTelemetry. Its classes are loaded only when tracing is on.
 */
@NullMarked
package io.pushfanout.tracing;

import org.jspecify.annotations.NullMarked;
