// @ts-check
// What can be done from here? Every button says what came of it, and works only with the token.

import { ask, keepToken, Refusal, token } from "./daemon.js";
import { byId, setText } from "./elements.js";

/** @typedef {import("../status.ts").Status} Status */

/** Which generation a person saw when they pressed: a late click must not end the next one. @type {number | null} */
let generation = null;

/** Says it beside the buttons. @param {string} text */
export function say(text) {
  setText(byId("outcome"), text);
}

/** @returns {readonly HTMLButtonElement[]} */
function buttons() {
  return [...document.querySelectorAll("button[data-action]")].filter((each) =>
    each instanceof HTMLButtonElement
  );
}

/** Which buttons have a meaning now. @param {Status} status */
export function allowActions(status) {
  generation = status.generation;
  const isUp = status.desired === "up";
  for (const button of buttons()) {
    const action = button.dataset.action;
    const fits = action === "start"
      ? !isUp || status.phase === "failed"
      : action === "threads"
      ? status.gateway.pid !== null
      : isUp;
    button.hidden = !fits && action !== "restart";
    button.disabled = token() === null || !fits;
    button.title = token() === null ? "Enter the token of this daemon first" : "";
  }
  if (token() === null && byId("outcome").textContent === "") {
    say("The buttons work once the token is entered.");
  }
  setText(byId("key"), token() === null ? "Enter the token" : "Forget the token");
}

/** Wires the buttons. @param {() => void} changed Called when there may be something new to see. */
export function wireActions(changed) {
  for (const button of buttons()) {
    button.addEventListener("click", () => void act(button.dataset.action ?? "").then(changed));
  }
  const dialog = /** @type {HTMLDialogElement} */ (byId("key-dialog"));
  const field = /** @type {HTMLInputElement} */ (byId("token"));
  byId("key").addEventListener("click", () => {
    if (token() !== null) {
      keepToken(null);
      say("The token is forgotten.");
      changed();
      return;
    }
    field.value = "";
    dialog.showModal();
  });
  // No submit button: the Enter key would press the first of them.
  byId("key-cancel").addEventListener("click", () => dialog.close("cancel"));
  dialog.addEventListener("close", () => {
    const given = field.value.trim();
    field.value = "";
    if (dialog.returnValue !== "use" || given === "") return;
    keepToken(given);
    void prove().then(changed);
  });
}

/** A wrong token is better known now than at the moment of need. */
async function prove() {
  try {
    await ask("/v1/logs?lines=1");
  } catch (error) {
    if (!(error instanceof Refusal)) return say(`The daemon cannot be reached: ${error}`);
    if (error.status === 401) {
      keepToken(null);
      return say("That is not the token of this daemon.");
    }
  }
  say("The token fits.");
}

/** @param {string} action */
async function act(action) {
  try {
    if (action === "threads") return await showThreads();
    say(`Asking for: ${action}.`);
    await ask(`/v1/${action}`, { method: "POST", body: generation === null ? {} : { generation } });
    say(`Taken on: ${action}.`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) keepToken(null);
    say(error instanceof Refusal ? error.message : `The daemon cannot be reached: ${error}`);
  }
}

async function showThreads() {
  say("Asking the JVM for its threads.");
  const response = await ask("/v1/dumps", { method: "POST", body: { kind: "threads" } });
  setText(byId("text-title"), `Threads of generation ${generation}`);
  setText(byId("text-body"), await response.text());
  say("");
  /** @type {HTMLDialogElement} */ (byId("text-dialog")).showModal();
}
