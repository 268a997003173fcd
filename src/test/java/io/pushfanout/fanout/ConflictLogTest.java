package io.pushfanout.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.model.FanoutName;
import io.pushfanout.tools.LoggedLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConflictLogTest {
  private static final FanoutName A = new FanoutName("ns", "a");
  private static final FanoutName B = new FanoutName("ns", "b");

  @RegisterExtension private final LoggedLines lines = new LoggedLines(ConflictLog.class);
  private final Rig rig = new Rig();

  private void bothClaim(String... hosts) {
    rig.apply(Rig.fanout(A, s -> s, hosts), Rig.fanout(B, s -> s, hosts));
  }

  @Test
  void conflictIsLoggedOnceHoweverOftenItsNodesChangeAndAgainWhenItIsBack() {
    bothClaim("x");
    bothClaim("x", "y");
    bothClaim("y");
    bothClaim();
    bothClaim("x", "y");

    String text = " claims them too, and keeps them";
    assertThat(lines.all())
        .containsExactly(
            "WARN fanout ns/b does not get 1 of its nodes, such as x:1: fanout ns/a" + text,
            "WARN fanout ns/b does not get 2 of its nodes, such as x:1: fanout ns/a" + text);
  }

  @Test
  void aNamespaceThatIsEditedWithoutEndHasTenLinesAndAnotherItsOwn() {
    for (int edit = 0; edit < 50; edit++) {
      bothClaim("x");
      bothClaim();
    }
    assertThat(lines.all()).hasSize(10);

    FanoutName other = new FanoutName("zoo", "c");
    rig.apply(Rig.fanout(A, s -> s, "x"), Rig.fanout(other, s -> s, "x"));
    assertThat(lines.all()).hasSize(11).last().asString().startsWith("WARN fanout zoo/c ");
  }
}
