package io.pushfanout.tls;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * A converter of private keys in forms before PKCS #8, which the JDK does not read: PKCS #1 of RSA
 * (RFC 8017, A.1.2) and SEC 1 of EC (RFC 5915). It prepends the algorithm identifier that PKCS #8
 * (RFC 5958) adds.
 */
final class LegacyPrivateKeys {
  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;

  /** The tag of the curve in SEC 1. */
  private static final int CURVE = 0xa0;

  private static final byte[] VERSION = {INTEGER, 1, 0};

  /** The identifier of RSA, 1.2.840.113549.1.1.1, without parameters. */
  private static final byte[] RSA = {
    SEQUENCE, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  /** The identifier of EC, 1.2.840.10045.2.1; a curve follows it. */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private LegacyPrivateKeys() {}

  /**
   * @throws GeneralSecurityException when it is no key
   */
  static PrivateKey rsa(byte[] pkcs1) throws GeneralSecurityException {
    return read("RSA", RSA, pkcs1);
  }

  /**
   * @throws GeneralSecurityException when it is no key
   * @throws IllegalArgumentException when it does not name its curve
   */
  static PrivateKey ec(byte[] sec1) throws GeneralSecurityException {
    return read("EC", written(SEQUENCE, EC, curve(sec1)), sec1);
  }

  private static PrivateKey read(String algorithm, byte[] identifier, byte[] key)
      throws GeneralSecurityException {
    byte[] pkcs8 = written(SEQUENCE, VERSION, identifier, written(OCTETS, key));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  private static byte[] written(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    // What is longer than 64 KiB is no key, and not taken for one with the wrong length either.
    if (length > 0xff) {
      der.write(0x82);
      der.write(length >>> 8);
    } else if (length > 0x7f) {
      der.write(0x81);
    }
    der.write(length);
    for (byte[] part : parts) {
      der.writeBytes(part);
    }
    return der.toByteArray();
  }

  private static byte[] curve(byte[] sec1) {
    try {
      ByteBuffer key = next(ByteBuffer.wrap(sec1), SEQUENCE);
      next(key, INTEGER);
      next(key, OCTETS);
      ByteBuffer named = next(key, CURVE);
      byte[] curve = new byte[named.remaining()];
      named.get(curve);
      return curve;
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a key that is cut off", e);
    }
  }

  private static ByteBuffer next(ByteBuffer in, int tag) {
    if ((in.get() & 0xff) != tag) {
      throw new IllegalArgumentException("no key with a curve that is named");
    }
    int length = in.get() & 0xff;
    if (length >= 0x80) {
      int bytes = length & 0x7f;
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = (length << 8) | (in.get() & 0xff);
      }
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }
}
