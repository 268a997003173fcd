package io.pushfanout.operator;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.pushfanout.operator.resource.PushFanout;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Hands all resources over whenever one of them changes, deletions included, and does nothing else:
 * planner and applier compare them with what runs, as they do for files. It asks the API server
 * nothing and writes no status, so that no slow answer holds up the next edit; {@link
 * ReplicaDuties} does, on its own time.
 *
 * <p>Status changes come here as well: another replica's report may complete a summary.
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
      // The framework tries again after exceptions alone; an Error ends this resource's events.
      throw new IllegalStateException(e);
    }
    return UpdateControl.noUpdate();
  }
}
