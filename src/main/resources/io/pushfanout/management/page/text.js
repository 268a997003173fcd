// Texts of numbers and times, and elements. Everything that comes from the server is set as text, never as HTML.

export const byId = id => document.getElementById(id);

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Writes a text node only where its text differs: a write costs a layout. */
export function setText(node, text) {
  if (node.data !== text) node.data = text;
}

const whole = new Intl.NumberFormat("en", {maximumFractionDigits: 0});
const tenths = new Intl.NumberFormat("en", {minimumFractionDigits: 1, maximumFractionDigits: 1});

export const count = number => whole.format(number);

/** A rate; below zero there is none yet. */
export function rate(number) {
  if (number < 0) return "–";
  return number < 10 && number !== 0 ? tenths.format(number) : whole.format(number);
}

/** A duration in milliseconds that is an upper bound; below zero it is above every bound. */
export function bound(millis) {
  if (millis < 0) return "over 30 s";
  if (millis === 0) return "–";
  return millis < 1000 ? "≤ " + millis + " ms" : "≤ " + millis / 1000 + " s";
}

/** The two largest units of a time. */
export function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min";
  if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor(s / 60) % 60 + " min";
  return Math.floor(s / 86400) + " d " + Math.floor(s / 3600) % 24 + " h";
}

/** Entries such as {ok: 3} in words: "3 ok, 1 partial"; empty without entries. */
export function tally(counts) {
  return Object.entries(counts).map(([name, number]) => count(number) + " " + name.replaceAll("_", " ")).join(", ");
}

/** The states of nodes in which something is wrong, and all states, the worst first. */
export const TROUBLE = ["unreachable", "slow", "connecting"], STATES = [...TROUBLE, "retiring", "connected"];

/** The sums of several counts of nodes by state, the worst state first, without states that have no node. */
export function sumOfStates(all) {
  const sums = STATES.map(state => [state, all.reduce((sum, one) => sum + (one[state] ?? 0), 0)]);
  return Object.fromEntries(sums.filter(([, sum]) => sum));
}

/** Fills a list of facts with pairs of a term and a text. */
export function facts(list, pairs) {
  list.replaceChildren(...pairs.map(([term, text]) => {
    const pair = element("div");
    pair.append(element("dt", "", term), element("dd", "", text));
    return pair;
  }));
}

/** Fills a list of problems and hides it without any. */
export function problems(list, all) {
  list.hidden = all.length === 0;
  list.replaceChildren(...all.map(one => {
    const item = element("li");
    item.append(element("strong", "", one.reason), " " + (one.node ? one.node + ": " : "") + one.message);
    return item;
  }));
}
