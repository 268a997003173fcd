package io.pushfanout.operator.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of NO_PROXY that Go and curl read, and the hosts that each form covers. */
class NoProxyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*                          | 10.0.0.1       | 443",
        "a.example, *               | b.example      | 443",
        "localhost, 127.0.0.1,.svc  | 127.0.0.1      | 6443",
        "localhost, 127.0.0.1,.svc  | api.svc        | 443",
        "localhost 127.0.0.1        | 127.0.0.1      | 443",
        ",, ,127.0.0.1,,            | 127.0.0.1      | 443",
        "127.0.0.0/8                | 127.0.0.1      | 443",
        "10.1.2.3/8                 | 10.255.0.1     | 443",
        "0.0.0.0/0                  | 192.0.2.1      | 443",
        "192.0.2.1/32               | 192.0.2.1      | 443",
        "::ffff:10.0.0.0/104        | 10.3.0.1       | 443",
        "fd00::/108                 | [fd00::1]      | 443",
        "fd00::/108                 | fd00::1        | 443",
        "::1                        | [::1]          | 6443",
        "[::1]                      | [::1]          | 6443",
        "[::1]:6443                 | [::1]          | 6443",
        "0:0:0:0:0:0:0:1            | [::1]          | 6443",
        "127.0.0.1:6443             | 127.0.0.1      | 6443",
        "example.com                | example.com    | 443",
        "example.com                | api.example.com| 443",
        "example.com:443            | api.example.com| 443",
        "EXAMPLE.com                | api.Example.COM| 443",
        "example.com.               | example.com    | 443",
        "example.com                | example.com.   | 443",
        ".example.com               | api.example.com| 443",
        "*.example.com              | api.example.com| 443",
        "*.example.com:443          | api.example.com| 443",
        "10.0.0.0/99,127.0.0.1      | 127.0.0.1      | 443",
        "a:b:c/d,:80,127.0.0.1      | 127.0.0.1      | 443",
      })
  void covers(String entries, String host, int port) {
    assertThat(NoProxy.parse(entries).covers(host, port)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                         | 127.0.0.1      | 443",
        "127.0.0.0/8                | 128.0.0.1      | 443",
        "127.0.0.0/8                | 127.example    | 443",
        "10.0.0.0/99                | 10.0.0.1       | 443",
        "0.0.0.0/0                  | [::1]          | 443",
        "fd00::/108                 | fe00::1        | 443",
        "127.0.0.1:6443             | 127.0.0.1      | 443",
        "[::1]:6443                 | [::1]          | 443",
        "example.com                | notexample.com | 443",
        "example.com:80             | example.com    | 443",
        ".example.com               | example.com    | 443",
        "*.example.com              | example.com    | 443",
        "127.0.0                    | 127.0.0.1      | 443",
        ".                          | example.com    | 443",
        "example.com/               | example.com    | 443",
      })
  void doesNotCover(String entries, String host, int port) {
    assertThat(NoProxy.parse(entries).covers(host, port)).isFalse();
  }
}
