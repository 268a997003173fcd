// The page: each update goes to the part that shows it.

import {Charts} from "./charts.js";
import {follow} from "./events.js";
import {FanoutList} from "./fanouts.js";
import {NodeList} from "./nodes.js";
import {sending} from "./send.js";
import {TROUBLE, byId, count, facts, problems, sumOfStates, tally} from "./text.js";

const nodes = new NodeList(), fanouts = new FanoutList(), charts = new Charts();
let states = {};
let callers = {connections: 0, refused: 0, overShare: {}}, outcomes = {};

function showHead({replica, version, readiness, problems: all, services}) {
  byId("replica").textContent = "replica " + replica + ", version " + version + ": " + readiness;
  problems(byId("problems"), all);
  facts(byId("sources"), services.length
    ? services.map(one => [one.name, count(one.nodes) + " nodes, " + one.state])
    : [["nodes", "listed in the settings"]]);
}

function showCallers() {
  facts(byId("caller-facts"), [
    ["connections", count(callers.connections)],
    ["refused connections", count(callers.refused)],
    ["refused beyond a share", tally(Object.fromEntries(Object.entries(callers.overShare).filter(([, n]) => n))) || "none"],
    ["calls without a fanout", tally(outcomes) || "none"],
  ]);
}

/** Shows the sums of all fanouts; the text changes seldom, because a screen reader reads each change. */
function showSummary(update, whole) {
  if (whole) states = {};
  for (const name of update.goneFanouts ?? []) delete states[name];
  for (const [name, of] of Object.entries(update.numbers ?? {})) states[name] = of.states;
  const sums = sumOfStates(Object.values(states));
  const all = Object.values(sums).reduce((one, other) => one + other, 0);
  const text = count(all) + (all === 1 ? " node" : " nodes") + (all ? ": " + tally(sums) : "");
  const summary = byId("summary");
  if (summary.textContent === text) return;
  summary.textContent = text;
  const bad = TROUBLE.filter(state => sums[state]).map(state => sums[state] + " " + state);
  summary.classList.toggle("bad", bad.length > 0);
  document.title = (bad.length ? bad.join(", ") + " – " : "") + "PushFanout";
}

function show(update, whole) {
  if (update.head) showHead(update.head);
  if (update.callers || update.outcomes) {
    callers = update.callers ?? callers;
    outcomes = update.outcomes ?? outcomes;
    showCallers();
  }
  fanouts.update(update, whole);
  nodes.update(update, whole);
  charts.update(update);
  showSummary(update, whole);
}

follow(show, link => {
  const shown = byId("connection");
  if (shown.textContent !== link) shown.textContent = link;
  document.body.classList.toggle("stale", link !== "live");
});
sending();
