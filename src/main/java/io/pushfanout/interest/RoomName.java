package io.pushfanout.interest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The name of a room, as its bytes in UTF-8. Immutable.
 *
 * <p>Names have an order, by which maps keep names of one hash apart: users choose the names.
 */
public final class RoomName implements Comparable<RoomName> {
  /** Most bytes of a name; a longer one is no room that can be held. */
  public static final int MAX_BYTES = 256;

  private final byte[] utf8;
  private final int hash;

  private RoomName(byte[] utf8) {
    this.utf8 = utf8;
    this.hash = Arrays.hashCode(utf8);
  }

  /**
   * Returns the room of that name; null when the name is empty or too long.
   *
   * @param utf8 bytes of the name, which belong to the room from now on
   */
  public static @Nullable RoomName of(byte[] utf8) {
    return utf8.length == 0 || utf8.length > MAX_BYTES ? null : new RoomName(utf8);
  }

  /** Returns the part that the name belongs to, among two to the power of these bits. */
  int part(int bits) {
    // The golden ratio spreads hashes of short names; maps within a part use the lower bits.
    return (hash * 0x9E3779B9) >>> (Integer.SIZE - bits);
  }

  @Override
  public int compareTo(RoomName other) {
    return Arrays.compare(utf8, other.utf8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RoomName room && hash == room.hash && Arrays.equals(utf8, room.utf8);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
