package io.pushfanout.operator;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.pushfanout.operator.resource.PushFanout;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A reconciler that passes on all resources whenever one of them changes, deletions included.
 * Planner and applier compare them with the running fanouts, as they do for files. It makes no
 * requests and writes no status, so that no slow answer delays the next edit; {@link ReplicaDuties}
 * does both on the operator's thread.
 *
 * <p>Status changes arrive here as well: another replica's report may complete a summary.
 */
@ControllerConfiguration(
    name = "pushfanout",
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true)
final class PushFanoutReconciler implements Reconciler<PushFanout> {
  private final Consumer<Stream<PushFanout>> resources;

  PushFanoutReconciler(Consumer<Stream<PushFanout>> resources) {
    this.resources = resources;
  }

  @Override
  public UpdateControl<PushFanout> reconcile(PushFanout changed, Context<PushFanout> context) {
    try {
      resources.accept(context.getPrimaryCache().list());
    } catch (Error e) {
      // The framework retries after exceptions only; an Error ends this resource's events.
      throw new IllegalStateException(e);
    }
    return UpdateControl.noUpdate();
  }
}
