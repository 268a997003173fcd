// The fanouts: numbers in sight, and their settings, replicas and outcomes when opened.

import {bound, byId, count, element, facts, problems, rate, sumOfStates, tally} from "./text.js";

const BROADCASTS = 0, DELIVERED = 1, LOST = 2, P99 = 3;

class Card {
  constructor(name) {
    this.element = element("article", "card fanout");
    const head = element("h3", "", name);
    this.numbers = element("dl", "facts");
    this.problems = element("ul", "problems");
    this.problems.hidden = true;
    this.details = element("details");
    this.details.append(element("summary", "", "Settings, replicas, outcomes"));
    this.inside = element("div", "inside");
    this.details.append(this.inside);
    // Closed details of a thousand fanouts cost nothing.
    this.details.addEventListener("toggle", () => this.showDetails());
    this.element.append(head, this.numbers, this.problems, this.details);
    this.facts = {generation: 0, settings: {}, problems: [], replicas: []};
    this.outcomes = {};
  }

  setFacts(all) {
    this.facts = all;
    problems(this.problems, all.problems);
    this.showDetails();
  }

  setNumbers({states, traffic, outcomes}) {
    const [broadcasts, delivered, lost, p99] = traffic ?? [-1, -1, -1, 0];
    facts(this.numbers, [
      ["nodes", tally(sumOfStates([states])) || "none"],
      ["broadcasts/s", rate(broadcasts)],
      ["delivered/s", rate(delivered)],
      ["lost/s", rate(lost)],
      ["p99", bound(p99)],
    ]);
    this.outcomes = outcomes;
    this.showDetails();
  }

  showDetails() {
    if (!this.details.open) return;
    const settings = Object.entries(this.facts.settings).map(([path, [value, origin]]) => [path, value === "" ? "none" : value, origin]);
    const parts = [
      element("p", "quiet", "generation " + this.facts.generation + ", broadcasts since the start: " + (tally(this.outcomes) || "none")),
      table(["Setting", "Value", "Set by"], settings),
    ];
    const replicas = this.facts.replicas;
    if (replicas.length) {
      const rows = replicas.map(one => [one.name, one.generation, one.nodes, one.connected, one.slow]);
      rows.push([
        "all " + replicas.length,
        Math.min(...replicas.map(one => one.generation)),
        Math.max(...replicas.map(one => one.nodes)),
        Math.min(...replicas.map(one => one.connected)),
        Math.max(...replicas.map(one => one.slow)),
      ]);
      parts.push(table(["Replica", "Generation", "Nodes", "Connected", "Slow"], rows));
    }
    this.inside.replaceChildren(...parts);
  }
}

function table(heads, rows) {
  const made = element("table", "plain");
  const head = made.createTHead().insertRow();
  head.append(...heads.map(title => {
    const cell = element("th", "", title);
    cell.scope = "col";
    return cell;
  }));
  const body = made.createTBody();
  for (const cells of rows) {
    body.insertRow().append(...cells.map(text => element("td", "", typeof text === "number" ? count(text) : text)));
  }
  const box = element("div", "scroll");
  box.append(made);
  return box;
}

export class FanoutList {
  constructor() {
    this.cards = new Map();
    this.list = byId("fanout-list");
  }

  update({fanouts = {}, numbers = {}, goneFanouts = []}, whole) {
    const gone = whole ? [...this.cards.keys()].filter(name => !(name in fanouts)) : goneFanouts;
    for (const name of gone) {
      this.cards.get(name)?.element.remove();
      this.cards.delete(name);
    }
    let isNew = false;
    for (const name of Object.keys(fanouts).sort()) {
      if (!this.cards.has(name)) {
        this.cards.set(name, new Card(name));
        isNew = true;
      }
      this.cards.get(name).setFacts(fanouts[name]);
    }
    for (const [name, of] of Object.entries(numbers)) this.cards.get(name).setNumbers(of);
    if (isNew) {
      this.list.append(...[...this.cards.keys()].sort().map(name => this.cards.get(name).element));
    }
    if (isNew || gone.length) {
      document.body.classList.toggle("many-fanouts", this.cards.size > 1);
      byId("targets").replaceChildren(...["all", ...this.names()].map(name => {
        const option = element("option");
        option.value = name;
        return option;
      }));
    }
  }

  names() {
    return [...this.cards.keys()].sort();
  }
}
