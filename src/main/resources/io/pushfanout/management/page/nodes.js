// The list of nodes, the worst first. Rows stay: an update writes the texts that differ and moves the rows that moved.

import {age, byId, count, element, rate, setText} from "./text.js";

// The places in a row of the server.
const NUMBER = 0, FANOUT = 1, ADDRESS = 2, STATE = 3, RANK = 4, SINCE = 5, REASON = 6, DELIVERY = 7, FILL = 8,
  QUEUED = 9, CAPACITY = 10, BYTES = 11, IN_FLIGHT = 12, WORKERS = 13, DELIVERED = 14, LOST = 15, LOST_TOTAL = 16;

// A state is never shown by its colour alone.
const MARKS = {unreachable: "✕", slow: "▲", connecting: "…", retiring: "↓", connected: "●"};
const IN_ORDER = 5;

const COLUMNS = [
  ["Node", "node", data => data[ADDRESS]],
  ["State", "state", data => data[STATE]],
  ["For", "for", (data, now) => age(now - data[SINCE])],
  ["Queue", "queue", data => count(data[QUEUED]) + " of " + count(data[CAPACITY]) + ", " + data[FILL] + " %"],
  ["In flight", "flight", data => count(data[IN_FLIGHT]) + " / " + count(data[WORKERS])],
  ["Delivered/s", "delivered", data => rate(data[DELIVERED])],
  ["Lost/s", "lost", data => rate(data[LOST])],
  ["Lost", "total", data => count(data[LOST_TOTAL])],
  ["By", "by", data => data[DELIVERY]],
  ["Why", "why", data => data[REASON]],
];
const FOR = 2;

class Row {
  constructor(data, now) {
    this.element = element("tr");
    this.element.setAttribute("role", "row");
    this.texts = COLUMNS.map(([title, name]) => {
      const cell = element("td", name);
      cell.setAttribute("role", "cell");
      cell.dataset.label = title;
      const text = document.createTextNode("");
      if (name === "state") {
        this.mark = element("span", "mark");
        this.mark.setAttribute("aria-hidden", "true");
        cell.append(this.mark, " ");
      }
      cell.append(text);
      if (name === "node") {
        this.fanout = element("small", "quiet");
        cell.append(" ", this.fanout);
      }
      if (name === "queue") this.queue = cell;
      this.element.append(cell);
      return text;
    });
    this.update(data, now);
  }

  update(data, now) {
    const before = this.data;
    this.data = data;
    COLUMNS.forEach(([, , text], i) => setText(this.texts[i], text(data, now)));
    if (!before || before[FILL] !== data[FILL]) this.queue.style.setProperty("--fill", data[FILL] + "%");
    if (!before || before[RANK] !== data[RANK] || before[STATE] !== data[STATE]) {
      this.element.className = data[RANK] < IN_ORDER ? "trouble " + data[STATE] : data[STATE];
      this.mark.textContent = data[RANK] === 3 ? "!" : MARKS[data[STATE]] ?? "?";
    }
    if (!before) this.fanout.textContent = data[FANOUT];
  }

  matches(words) {
    const text = (this.data[ADDRESS] + " " + this.data[FANOUT] + " " + this.data[STATE] + " " + this.data[REASON]).toLowerCase();
    return words.every(word => text.includes(word));
  }
}

export class NodeList {
  constructor() {
    this.rows = new Map();
    this.body = byId("node-rows");
    this.words = [];
    byId("node-heads").append(...COLUMNS.map(([title, name]) => {
      const head = element("th", name, title);
      head.setAttribute("role", "columnheader");
      head.scope = "col";
      return head;
    }));
    byId("filter").addEventListener("input", event => {
      this.words = event.target.value.toLowerCase().split(/\s+/).filter(word => word);
      this.filter();
    });
  }

  update({now, nodes = [], goneNodes = [], order}, whole) {
    for (const data of nodes) {
      const row = this.rows.get(data[NUMBER]);
      if (row) row.update(data, now);
      else this.rows.set(data[NUMBER], new Row(data, now));
    }
    for (const number of goneNodes) this.remove(number);
    if (whole) {
      const present = new Set(order);
      for (const number of [...this.rows.keys()]) if (!present.has(number)) this.remove(number);
    }
    if (order) arrange(this.body, order.map(number => this.rows.get(number).element));
    for (const row of this.rows.values()) setText(row.texts[FOR], age(now - row.data[SINCE]));
    this.filter();
  }

  remove(number) {
    this.rows.get(number)?.element.remove();
    this.rows.delete(number);
  }

  filter() {
    let shown = 0;
    for (const row of this.rows.values()) {
      const hidden = !row.matches(this.words);
      if (row.element.hidden !== hidden) row.element.hidden = hidden;
      if (!hidden) shown++;
    }
    const all = this.rows.size;
    const text = (shown === all ? count(all) : count(shown) + " of " + count(all)) + " shown";
    if (byId("shown").textContent !== text) byId("shown").textContent = text;
  }
}

/** Puts the elements in this order and moves few: one that left its place does not move all behind it. */
function arrange(parent, elements) {
  let at = parent.firstElementChild;
  for (const wanted of elements) {
    if (at === wanted) {
      at = at.nextElementSibling;
    } else if (at && at.nextElementSibling === wanted) {
      const left = at;
      at = wanted.nextElementSibling;
      parent.append(left);
      at ??= left;
    } else {
      parent.insertBefore(wanted, at);
    }
  }
}
