package io.pushfanout.tools;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hashes of sources that a formatter of this version left as they were, kept from run to run:
 * to format a thousand sources takes a minute.
 */
public final class FormattedSources {
  private final Path file;
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  private FormattedSources(Path file) {
    this.file = file;
  }

  /** Returns the sources of the last run on this machine. */
  public static FormattedSources load() throws Exception {
    Path jar = Path.of(Formatter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String version = jar.getFileName() + "-java-" + Runtime.version().feature();
    return load(ToolCache.folder("formatted-sources", version).resolve("hashes"));
  }

  static FormattedSources load(Path file) throws IOException {
    FormattedSources sources = new FormattedSources(file);
    if (Files.exists(file)) {
      sources.known.addAll(Files.readAllLines(file));
    }
    return sources;
  }

  /** Returns whether a source is known to be formatted. */
  public boolean contains(String source) {
    String hash = hash(source);
    boolean contains = known.contains(hash);
    if (contains) {
      seen.add(hash);
    }
    return contains;
  }

  /** Adds a source that is formatted. */
  public void add(String source) {
    seen.add(hash(source));
  }

  /** Saves the sources of this run, and no others. */
  public void save() throws IOException {
    if (seen.equals(known)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path next = Files.createTempFile(file.getParent(), "hashes", ".new");
    Files.write(next, seen);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String hash(String source) {
    HashCode hash = Hashing.sha256().hashString(source, StandardCharsets.UTF_8);
    return hash.toString();
  }
}
