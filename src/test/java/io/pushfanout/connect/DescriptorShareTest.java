package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorShareTest {
  @ParameterizedTest
  @CsvSource({
    // limit, callers, nodes
    "8, 10000, 2",
    "250, 10000, 62",
    "400, 10000, 144",
    "512, 10000, 256",
    "1024, 10000, 512",
    "1024, 100, 668",
    "20000, 10000, 10000",
    "65536, 10000, 55280",
    "1048576, 10000, 1038320",
  })
  void nodesHaveTheRestOfCallersAndTheProgramOrHalf(long limit, int callers, long nodes) {
    assertThat(DescriptorShare.most(limit, callers)).isEqualTo(nodes);
  }

  @Test
  void takenDescriptorsAreGivenBack() {
    DescriptorShare share = new DescriptorShare(8, 0);
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isTrue();
    assertThat(share.take()).isFalse();
    share.giveBack();
    assertThat(share.take()).isTrue();
    assertThat(share.taken()).isEqualTo(2);
  }

  @Test
  void theProcessHasSome() {
    assertThat(DescriptorShare.ofProcess(10_000).take()).isTrue();
  }

  @Test
  void aShortageOfTheSystemIsFoundInItsWrappers() {
    var wrapped =
        new ChannelException(
            "Unable to create Channel", new IOException("socket(..) failed: Too many open files"));
    assertThat(DescriptorExhaustion.of(wrapped))
        .hasMessage("no file descriptor is free (ulimit -n)");
    var other = new IOException("Connection refused");
    assertThat(DescriptorExhaustion.of(other)).isSameAs(other);
  }
}
