package io.pushfanout.history;

import io.pushfanout.model.NodeAddress;
import java.util.Collection;
import java.util.stream.Collectors;

/** The node names in a line: the first few, and the number of the others. */
public final class NodeNames {
  /** Maximum of nodes that one line names. */
  public static final int NAMED = 5;

  private NodeNames() {}

  /**
   * Returns the first {@value #NAMED} nodes in the collection's order, and the number of the
   * others.
   */
  public static String of(Collection<NodeAddress> nodes) {
    return cut(nodes.stream().map(NodeAddress::toString).toList());
  }

  static String cut(Collection<String> names) {
    String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : "%s and %d more".formatted(first, names.size() - NAMED);
  }
}
