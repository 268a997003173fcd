/** The chart in {@code helm/pushfanout}, and the manifests in {@code deploy} that come from it. */
@NullMarked
package io.pushfanout.chart;

import org.jspecify.annotations.NullMarked;
