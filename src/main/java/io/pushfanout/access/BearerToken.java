package io.pushfanout.access;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A token that a caller shows. What is kept, compared and looked up is its hash; the text itself
 * lives no longer than the connection that showed it.
 */
public final class BearerToken {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final byte[] bytes;
  private final HashCode hash;

  /**
   * @param text as the caller sent it
   */
  public BearerToken(String text) {
    bytes = bytes(text);
    hash = Hashing.sha256().hashBytes(bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Its SHA-256; two of them are compared in a time that tells nothing. */
  HashCode hash() {
    return hash;
  }

  /** For whoever is to review it, and for nobody else. */
  String secret() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Whether it is this text; the time tells its length at most. Much quicker than to hash it. */
  public boolean is(String text) {
    if (text.length() != bytes.length) {
      return false;
    }
    byte[] other = bytes(text);
    long difference = 0;
    int i = 0;
    for (; i + Long.BYTES <= bytes.length; i += Long.BYTES) {
      difference |= (long) LONGS.get(bytes, i) ^ (long) LONGS.get(other, i);
    }
    for (; i < bytes.length; i++) {
      difference |= bytes[i] ^ other[i];
    }
    return difference == 0;
  }

  /** Nothing of it. */
  @Override
  public String toString() {
    return "a bearer token";
  }
}
