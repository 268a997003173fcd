package io.pushfanout;

import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfiguration;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfigurationStrategy;

/**
 * Two classes at a time where there are two processors. On one each has it for itself: promises of
 * time are for a server and its load, not for two of each. More than two would meet at the ports,
 * the disk and the memory of a small machine.
 */
public final class Parallelism
    implements ParallelExecutionConfigurationStrategy, ParallelExecutionConfiguration {
  private static final int MOST = 2;
  private static final int KEEP_ALIVE_SECONDS = 30;

  @Override
  public ParallelExecutionConfiguration createConfiguration(ConfigurationParameters parameters) {
    return this;
  }

  @Override
  public int getParallelism() {
    return Math.min(MOST, Runtime.getRuntime().availableProcessors());
  }

  @Override
  public int getMinimumRunnable() {
    return 0;
  }

  @Override
  public int getMaxPoolSize() {
    return getParallelism();
  }

  @Override
  public int getCorePoolSize() {
    return getParallelism();
  }

  @Override
  public int getKeepAliveSeconds() {
    return KEEP_ALIVE_SECONDS;
  }
}
