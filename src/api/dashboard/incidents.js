// @ts-check
// Why did gateways die, what is kept of it, and how does a person get it?

import { ask, download, Refusal, token } from "./daemon.js";
import { byId, element } from "./elements.js";
import { moment, size } from "./words.js";

/** @typedef {{ id: string, at: string, generation: number, class: string, summary: string, remedy?: string }} Incident */

/** The rows that are drawn, by what they tell: what somebody has opened in one stays open. @type {Map<string, HTMLElement>} */
const rows = new Map();

/**
 * Draws the list.
 * @param {readonly Incident[]} incidents newest first
 * @param {(text: string) => void} say
 */
export function drawIncidents(incidents, say) {
  const place = byId("incidents");
  if (incidents.length === 0) {
    rows.clear();
    place.replaceChildren(element(
      "p",
      { class: "empty" },
      "No gateway has died here. When one does, its verdict and its evidence are kept, and shown in this place.",
    ));
    return;
  }
  const isFresh = place.dataset.drawn === "yes";
  place.dataset.drawn = "yes";
  const told = incidents.map((incident) => JSON.stringify(incident));
  for (const key of [...rows.keys()].filter((each) => !told.includes(each))) rows.delete(key);
  incidents.forEach((incident, index) => {
    const key = told[index] ?? "";
    if (!rows.has(key)) rows.set(key, rowOf(incident, { say, isFresh }));
  });
  const body = place.querySelector("tbody") ?? tableIn(place);
  const wanted = told.flatMap((key) => rows.get(key) ?? []);
  if (wanted.some((row, index) => body.children[index] !== row) || body.children.length !== wanted.length) {
    body.replaceChildren(...wanted);
  }
}

/** @param {HTMLElement} place @returns {HTMLElement} */
function tableIn(place) {
  const head = ["When", "Generation", "Verdict", "Evidence"].map((text) =>
    element("th", { scope: "col" }, text)
  );
  const body = element("tbody");
  place.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...head)), body));
  return body;
}

/** @param {Incident} incident @param {{ say: (text: string) => void, isFresh: boolean }} how */
function rowOf({ id, at, generation, class: name, summary, remedy }, { say, isFresh }) {
  const files = element("div", { class: "downloads" });
  return element(
    "tr",
    isFresh ? { class: "fresh" } : {},
    element("td", { class: "number" }, element("time", { datetime: at }, moment(at))),
    element("td", { class: "number" }, `${generation}`),
    element(
      "td",
      {},
      element("strong", {}, name),
      element("div", {}, summary),
      ...remedy ? [element("div", { class: "muted" }, remedy)] : [],
    ),
    element(
      "td",
      {},
      button("Bundle", `Download everything kept of ${id} as one archive`, async () => {
        await download(`/v1/incidents/${id}/bundle`, `rekindle-${id}.tar.gz`);
      }, say),
      " ",
      button("Files", `Show the files kept of ${id}`, async () => {
        const found = await (await ask(`/v1/incidents/${id}`)).json();
        files.replaceChildren(
          ...(found.artifacts ?? []).filter(isSaved).map(
            (/** @type {{ name: string, bytes: number }} */ artifact) =>
              button(`${artifact.name} (${size(artifact.bytes)})`, `Download ${artifact.name}`, async () => {
                const path = `/v1/incidents/${id}/artifacts/${encodeURIComponent(artifact.name)}`;
                await download(path, artifact.name);
              }, say),
          ),
        );
      }, say),
      files,
    ),
  );
}

/** @param {{ bytes: number }} artifact */
function isSaved({ bytes }) {
  return bytes > 0;
}

/**
 * A button that needs the token.
 * @param {string} text
 * @param {string} label
 * @param {() => Promise<void>} act
 * @param {(text: string) => void} say
 */
function button(text, label, act, say) {
  return element("button", {
    type: "button",
    "aria-label": label,
    title: label,
    onclick: async () => {
      if (token() === null) return say("That needs the token of this daemon: enter it first.");
      try {
        await act();
      } catch (error) {
        say(error instanceof Refusal ? error.message : `Nothing came: ${error}`);
      }
    },
  }, text);
}
