package io.pushfanout.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A list of globs, compiled together to find the first that matches a text. In a glob {@code *}
 * stands for any text, {@code ?} for one character.
 *
 * <p>Globs without a wildcard are looked up by their text. All others are one automaton, a bit for
 * each position in a glob, and a text moves all bits at once. A search costs at most the text's
 * length times a 64th of the globs' characters, for any globs. Instances are immutable.
 */
public final class GlobSet {
  private static final int CHARACTERS = 128;
  private static final int NONE = -1;

  private final Map<String, Integer> exact = new HashMap<>();
  private final long[] start;

  /** Positions with a star, which stay active for any character. */
  private final long[] stays;

  /** Positions that a character reaches from the previous one, by character. */
  private final long[][] reached = new long[CHARACTERS][];

  private final long[] reachedByOthers;
  private final long[] ends;

  /**
   * The last position of each glob with wildcards, in the order of the globs; {@code indices} has
   * the globs' indices.
   */
  private final int[] lastPositions;

  private final int[] indices;

  /**
   * @param globs the globs in their order, in the case of the texts
   */
  public GlobSet(List<String> globs) {
    List<String> wild = new ArrayList<>();
    List<Integer> wildIndices = new ArrayList<>();
    int positions = 0;
    for (int i = 0; i < globs.size(); i++) {
      String glob = globs.get(i);
      if (hasWildcard(glob)) {
        wild.add(glob);
        wildIndices.add(i);
        positions += positions(glob);
      } else {
        exact.putIfAbsent(glob, i);
      }
    }
    lastPositions = new int[wild.size()];
    indices = wildIndices.stream().mapToInt(Integer::intValue).toArray();
    int words = (positions + Long.SIZE - 1) / Long.SIZE;
    BitSet starts = new BitSet(positions);
    BitSet stars = new BitSet(positions);
    BitSet any = new BitSet(positions);
    Map<Character, BitSet> literals = new HashMap<>();
    int position = 0;
    for (int i = 0; i < wild.size(); i++) {
      starts.set(position);
      for (char c : wild.get(i).toCharArray()) {
        switch (c) {
          case '*' -> stars.set(position);
          case '?' -> any.set(++position);
          default -> literals.computeIfAbsent(c, _ -> new BitSet()).set(++position);
        }
      }
      lastPositions[i] = position++;
    }
    start = words(starts, words);
    stays = words(stars, words);
    reachedByOthers = words(any, words);
    ends = words(ends(), words);
    for (char c = 0; c < CHARACTERS; c++) {
      BitSet literal = literals.get(c);
      if (literal == null) {
        reached[c] = reachedByOthers;
      } else {
        literal.or(any);
        reached[c] = words(literal, words);
      }
    }
  }

  private BitSet ends() {
    BitSet last = new BitSet();
    for (int position : lastPositions) {
      last.set(position);
    }
    return last;
  }

  /** Returns whether the glob matches the whole text. */
  public static boolean matches(String glob, String text) {
    return new GlobSet(List.of(glob)).first(text) == 0;
  }

  /** Returns whether the glob has a wildcard, so that more than one text may match it. */
  public static boolean hasWildcard(String glob) {
    return glob.indexOf('*') >= 0 || glob.indexOf('?') >= 0;
  }

  /**
   * Returns the number of positions: one before each character except stars, and one at the end.
   */
  private static int positions(String glob) {
    return 1 + (int) glob.chars().filter(c -> c != '*').count();
  }

  private static long[] words(BitSet bits, int words) {
    long[] some = bits.toLongArray();
    long[] all = new long[words];
    System.arraycopy(some, 0, all, 0, some.length);
    return all;
  }

  /** Returns the index of the first glob that matches the whole text; -1 if none does. */
  public int first(String text) {
    int byText = exact.getOrDefault(text, NONE);
    int byPattern = firstPattern(text);
    if (byText == NONE || byPattern == NONE) {
      return Math.max(byText, byPattern);
    }
    return Math.min(byText, byPattern);
  }

  private int firstPattern(String text) {
    long[] now = start.clone();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      step(now, c < CHARACTERS ? reached[c] : reachedByOthers);
    }
    for (int word = 0; word < now.length; word++) {
      long ended = now[word] & ends[word];
      if (ended != 0) {
        return indexOf(word * Long.SIZE + Long.numberOfTrailingZeros(ended));
      }
    }
    return NONE;
  }

  private void step(long[] now, long[] by) {
    long carry = 0;
    for (int word = 0; word < now.length; word++) {
      long bits = now[word];
      now[word] = (((bits << 1) | carry) & by[word]) | (bits & stays[word]);
      carry = bits >>> (Long.SIZE - 1);
    }
  }

  private int indexOf(int lastPosition) {
    return indices[Arrays.binarySearch(lastPositions, lastPosition)];
  }
}
