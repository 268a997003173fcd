package io.pushfanout.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.checkpoint.SavedResources;
import io.pushfanout.operator.KubernetesOptions;
import io.pushfanout.operator.TenantPolicy;
import io.pushfanout.operator.client.ClusterAccess;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResourceSourceTest {
  @Test
  void savedResourcesOfOtherNamespacesOrLabelsAreIgnored() {
    SavedResources saved = saved(scope(List.of("b", "a"), null));

    assertThat(ResourceSource.ofScope(saved, scope(List.of("a", "b"), null))).isSameAs(saved);
    assertThat(ResourceSource.ofScope(saved, scope(List.of("a"), null))).isNull();
    assertThat(ResourceSource.ofScope(saved, scope(List.of(), null))).isNull();
    assertThat(ResourceSource.ofScope(saved, scope(List.of("a", "b"), "tier=gold"))).isNull();
    assertThat(ResourceSource.ofScope(null, scope(List.of(), null))).isNull();
  }

  private static SavedResources saved(String scope) {
    return new SavedResources(Instant.EPOCH, scope, List.of());
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
