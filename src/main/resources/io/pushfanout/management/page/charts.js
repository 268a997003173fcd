// The charts of the last ten minutes, as inline SVG with the colours of the style sheet.

import {bound, byId, element, rate} from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const POINTS = 120, WIDTH = 600, HEIGHT = 100, ALL = "";
const LONGEST = 30000;

class Chart {
  constructor(title, place, unit) {
    this.title = title;
    this.place = place;
    this.unit = unit;
    this.figure = element("figure", "card chart");
    this.caption = element("figcaption");
    this.now = element("strong");
    this.caption.append(element("span", "quiet", title), this.now);
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.area = document.createElementNS(SVG, "path");
    this.area.setAttribute("class", "area");
    this.line = document.createElementNS(SVG, "path");
    this.line.setAttribute("class", "line");
    this.svg.append(this.area, this.line);
    this.scale = element("p", "quiet scale");
    this.figure.append(this.caption, this.svg, this.scale);
  }

  draw(points) {
    const raw = points.map(point => point[this.place]);
    const values = raw.map(value => value < 0 ? LONGEST : value);
    const highest = Math.max(0, ...values);
    const top = highest || 1;
    const x = i => ((POINTS - values.length + i) * WIDTH / (POINTS - 1)).toFixed(1);
    const y = value => (HEIGHT - 2 - value / top * (HEIGHT - 6)).toFixed(1);
    const line = values.map((value, i) => (i ? "L" : "M") + x(i) + " " + y(value)).join("");
    this.line.setAttribute("d", line);
    this.area.setAttribute("d", line && `${line}L${x(values.length - 1)} ${HEIGHT}L${x(0)} ${HEIGHT}Z`);
    const last = raw.length ? this.unit(raw.at(-1)) : "–";
    const most = this.unit(raw.some(value => value < 0) ? -1 : highest);
    this.now.textContent = last;
    this.scale.textContent = "highest " + most;
    this.svg.setAttribute("aria-label", `${this.title}: now ${last}, highest ${most}`);
  }
}

export class Charts {
  constructor() {
    this.series = {};
    this.samples = 0;
    this.charts = [
      new Chart("Broadcasts a second", 0, rate),
      new Chart("Deliveries a second", 1, rate),
      new Chart("Lost messages a second", 2, rate),
      new Chart("p99 of deliveries", 3, bound),
    ];
    byId("charts").append(...this.charts.map(chart => chart.figure));
    this.choice = byId("chart-fanout");
    this.choice.append(new Option("all fanouts", ALL));
    this.choice.addEventListener("change", () => this.draw());
    this.draw();
  }

  update({charts, points}) {
    if (charts) {
      this.series = charts.series;
      this.samples = charts.samples;
    } else if (points && points.samples > this.samples) {
      this.samples = points.samples;
      for (const name of Object.keys(this.series)) if (!(name in points.series)) delete this.series[name];
      for (const [name, point] of Object.entries(points.series)) {
        this.series[name] = [...this.series[name] ?? [], point].slice(-POINTS);
      }
    } else {
      return;
    }
    this.offer();
    this.draw();
  }

  /** Offers the fanouts that have traffic, and keeps the choice. */
  offer() {
    const names = Object.keys(this.series).filter(name => name !== ALL).sort();
    const offered = [...this.choice.options].slice(1).map(option => option.value);
    if (names.join() === offered.join()) return;
    const chosen = this.choice.value;
    this.choice.replaceChildren(new Option("all fanouts", ALL), ...names.map(name => new Option(name, name)));
    this.choice.value = names.includes(chosen) ? chosen : ALL;
    byId("chart-choice").hidden = names.length < 2;
  }

  draw() {
    for (const chart of this.charts) chart.draw(this.series[this.choice.value] ?? []);
  }
}
