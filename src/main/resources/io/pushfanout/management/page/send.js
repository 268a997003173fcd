// The form that broadcasts a message over HTTP, with the access of every caller.

import {byId} from "./text.js";

/** Returns the request of the form. The token is nowhere but in its field. */
function request(fields) {
  const message = {op: Number(fields.op.value), body: fields.body.value};
  if (fields.target.value) message.target = fields.target.value;
  if (fields.room.value) message.room = fields.room.value;
  if (fields.wait.checked) message.wait = "delivered";
  const headers = {"Content-Type": "application/json"};
  if (fields.token.value) headers.Authorization = "Bearer " + fields.token.value;
  return {method: "POST", headers, body: JSON.stringify(message), credentials: "same-origin"};
}

function describe(reply) {
  const parts = [reply.msg + ": " + reply.accepted + " of " + reply.nodes + " nodes took it"];
  if (reply.dropped) parts.push(reply.dropped + " dropped it");
  if (reply.waiting) parts.push(reply.waiting + " wait for a connection");
  if (reply.delivered || reply.failed || reply.pending) {
    parts.push(reply.delivered + " delivered, " + reply.failed + " failed, " + reply.pending + " pending");
  }
  return parts.join("; ") + ". " + (reply.desc ?? "");
}

/** Reads the answer; what has no JSON, such as a proxy's page, shows its status alone. */
async function outcome(answer) {
  const json = await answer.json().catch(() => null);
  if (answer.ok && json?.code !== undefined) return [describe(json), json.code !== "0"];
  return [json?.error ? json.error.code + ": " + json.error.message : "The server answered " + answer.status + ".", true];
}

export function sending() {
  const form = byId("sending"), shown = byId("reply"), button = form.querySelector("button");
  form.addEventListener("submit", async event => {
    event.preventDefault();
    button.disabled = true;
    let text, bad;
    try {
      [text, bad] = await outcome(await fetch("api/v1/broadcast", request(form.elements)));
    } catch (problem) {
      [text, bad] = ["The message may not have arrived: " + problem.message, true];
    }
    shown.textContent = (bad ? "✕ " : "✓ ") + text;
    shown.classList.toggle("bad", bad);
    button.disabled = false;
  });
}
