package io.pushfanout;

import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfiguration;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfigurationStrategy;

/**
 * A strategy that runs four classes at a time where there are two processors or more: three of the
 * four wait for a cluster or for etcd most of the time. On one processor each class has it for
 * itself, since promises of time are for one server and its load. More than four would meet at the
 * ports, the disk and the memory of a small machine.
 */
public final class Parallelism
    implements ParallelExecutionConfigurationStrategy, ParallelExecutionConfiguration {
  private static final int MOST = 4;
  private static final int KEEP_ALIVE_SECONDS = 30;

  @Override
  public ParallelExecutionConfiguration createConfiguration(ConfigurationParameters parameters) {
    return this;
  }

  @Override
  public int getParallelism() {
    return Runtime.getRuntime().availableProcessors() == 1 ? 1 : MOST;
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
