/**
 * The chart in {@code helm/pushfanout}, and the manifests in {@code deploy} that come from it.
 * Start with {@link io.pushfanout.chart.Chart}. Tests of the running server belong in {@code it}.
 */
@NullMarked
package io.pushfanout.chart;

import org.jspecify.annotations.NullMarked;
