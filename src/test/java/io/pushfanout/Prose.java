package io.pushfanout;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts of sentences that break the language rule of CONTRIBUTING.md.
 *
 * @param texts comments, or paragraphs of a page
 * @param nounless texts whose first word is neither the noun nor the verb of their subject
 * @param sentences sentences of all texts
 * @param pronouns sentences carried by who, whom, whose or what
 * @param people sentences whose software says, tells, asks, hears, knows or doubts
 */
record Prose(int texts, int nounless, int sentences, int pronouns, int people) {
  private static final Set<String> NOUNLESS =
      Set.of(
          ("What Who Whom Whose Whoever Which Why Where How When Of It Its Those These They This That"
                  + " By From For As So Such To On At In With Without Not Nobody Nothing Something"
                  + " Somebody Anything All No")
              .split(" "));
  private static final Pattern PRONOUN =
      Pattern.compile("(?i)\\b(who|whom|whose|whoever|whatever|what)\\b");
  private static final Pattern PEOPLE =
      Pattern.compile(
          "(?i)\\b(says?|said|tells?|told|asks?|asked|hears?|heard|knows?|doubts?|doubted|speaks?"
              + "|spoken|nobody|somebody)\\b");
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
  private static final Pattern INLINE_TAG =
      Pattern.compile("\\{@(?:link|code|linkplain|value)\\s+([^}]*)}");
  private static final Pattern BLOCK_TAG =
      Pattern.compile("@(?:param|return|throws|see|since)\\b.*", Pattern.DOTALL);
  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?:;])\\s+(?=[A-Z])");

  /** Counts the javadoc of Java sources. */
  static Prose ofSources(Stream<String> sources) {
    return of(sources.flatMap(Prose::javadoc).toList());
  }

  private static Stream<String> javadoc(String source) {
    return JAVADOC.matcher(source).results().map(found -> plain(found.group(1)));
  }

  private static String plain(String comment) {
    String text = comment.replaceAll("\\n\\s*\\* ?", " ").replaceAll("<[^>]+>", " ");
    text = INLINE_TAG.matcher(text).replaceAll(tag -> Matcher.quoteReplacement(tag.group(1)));
    return BLOCK_TAG.matcher(text).replaceFirst("").strip();
  }

  static Prose of(List<String> texts) {
    List<String> written = texts.stream().filter(text -> !text.isBlank()).toList();
    List<String> sentences = written.stream().flatMap(SENTENCE_END::splitAsStream).toList();
    return new Prose(
        written.size(),
        count(written, text -> NOUNLESS.contains(text.split("\\s+", 2)[0])),
        sentences.size(),
        count(sentences, sentence -> PRONOUN.matcher(sentence).find()),
        count(sentences, sentence -> PEOPLE.matcher(sentence).find()));
  }

  private static int count(List<String> of, Predicate<String> which) {
    return (int) of.stream().filter(which).count();
  }

  /** Returns the share of texts that begin without a noun or verb of their subject, in percent. */
  double nounlessShare() {
    return share(nounless, texts);
  }

  /** Returns the share of sentences carried by a pronoun, in percent. */
  double pronounShare() {
    return share(pronouns, sentences);
  }

  /** Returns the share of sentences whose software speaks or knows, in percent. */
  double peopleShare() {
    return share(people, sentences);
  }

  private static double share(int part, int of) {
    return 100.0 * part / Math.max(1, of);
  }
}
