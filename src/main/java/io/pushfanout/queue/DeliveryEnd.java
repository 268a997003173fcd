package io.pushfanout.queue;

import static java.util.Objects.requireNonNull;

import io.pushfanout.model.DropReason;
import io.pushfanout.model.StatusCode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** The ways in which the delivery of an enqueued message ends; each end is one of these objects. */
public sealed interface DeliveryEnd {
  /** The node has taken the message. */
  record Delivered() implements DeliveryEnd {
    static final Delivered END = new Delivered();
  }

  /** The message has grown too old. */
  record Expired() implements DeliveryEnd {
    static final Expired END = new Expired();
  }

  /** The last attempt has failed. */
  record Failed(StatusCode code) implements DeliveryEnd {
    private static final Map<StatusCode, Failed> ALL = all(StatusCode.class, Failed::new);
  }

  /** The queue has dropped the message. */
  record Dropped(DropReason reason) implements DeliveryEnd {
    private static final Map<DropReason, Dropped> ALL = all(DropReason.class, Dropped::new);
  }

  /** Returns whether the node has taken the message. */
  default boolean isDelivered() {
    return this instanceof Delivered;
  }

  private static <E extends Enum<E>, T> Map<E, T> all(Class<E> type, Function<E, T> end) {
    Map<E, T> ends = new EnumMap<>(type);
    Arrays.stream(type.getEnumConstants()).forEach(each -> ends.put(each, end.apply(each)));
    return ends;
  }

  /** Returns the end by a failure with that code. */
  static DeliveryEnd failed(StatusCode code) {
    return requireNonNull(Failed.ALL.get(code));
  }

  /** Returns the end by a drop for that reason. */
  static DeliveryEnd dropped(DropReason reason) {
    return requireNonNull(Dropped.ALL.get(reason));
  }

  /**
   * The receiver of the ends of one message's deliveries, one for each queue that has taken the
   * message.
   *
   * <p>Called under the lock of a {@link MessageQueue}, from any thread: an implementation calls
   * nothing that could wait.
   */
  interface Receiver {
    /**
     * Receives one end.
     *
     * @param ledger the ledger of the node
     */
    void ended(QueuedMessage message, DeliveryEnd end, Ledger ledger);
  }
}
