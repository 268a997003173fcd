package io.pushfanout.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.operator.client.ClusterAccess;
import io.pushfanout.operator.policy.TenantPolicy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KubernetesOptionsTest {
  @Test
  void theScopeIsTheSameForTheSameNamespacesAndSelectorAlone() {
    assertThat(scope(List.of("b", "a"), null)).isEqualTo(scope(List.of("a", "b"), null));
    assertThat(
            List.of(
                scope(List.of("a", "b"), null),
                scope(List.of("a"), null),
                scope(List.of(), null),
                scope(List.of("a", "b"), "tier=gold")))
        .doesNotHaveDuplicates();
  }

  private static String scope(List<String> namespaces, @Nullable String selector) {
    return new KubernetesOptions(
            namespaces,
            selector,
            "l",
            null,
            "r",
            TenantPolicy.EVERYTHING,
            ClusterAccess.of(Map.of()))
        .scope();
  }
}
