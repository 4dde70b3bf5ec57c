/**
 * How does a person read an incident? All of them as a table, one of them as a letter like a doctor's.
 * @module
 */

import { describeExit } from "../core/diagnosis/ending.ts";
import { formatSize } from "../core/jvm_flags.ts";
import type { Verdict } from "../core/verdict.ts";
import { isHeapDump, isKept } from "../incident/finding.ts";
import type { Manifest } from "../incident/manifest.ts";
import type { StoredIncident } from "../incident/store.ts";
import { printable } from "../printable.ts";

const SURE: Readonly<Record<Verdict["confidence"], string>> = {
  certain: "Certain: the evidence leaves no other cause.",
  likely: "Likely: the evidence fits, and another cause is possible.",
  unsure: "Not sure: the evidence is thin.",
};

const OPEN_PLAIN = "Eclipse Memory Analyzer and VisualVM open it; begin with what retains the most heap.";
/** HotSpot compresses in many small pieces, which Memory Analyzer reads since 1.12 (its release notes). */
const OPEN_GZIPPED =
  "Eclipse Memory Analyzer 1.12 or later opens it as it is, older ones and VisualVM after " +
  "gunzip; begin with what retains the most heap.";

/** Of a longer line of evidence the beginning is shown; the manifest has the whole. */
const SHOWN_CHARACTERS = 400;

/** Every incident in a line, in the order given. */
export function table(incidents: readonly StoredIncident[]): string {
  const rows = incidents.map((incident) =>
    incident.kind === "whole"
      ? [
        incident.id,
        when(incident.manifest.at),
        incident.manifest.verdict.class,
        incident.manifest.verdict.confidence,
        done(incident.manifest),
      ]
      : [incident.id, when(incident.at), incident.class, "damaged", incident.reason]
  );
  const all = [["ID", "WHEN", "CLASS", "SURE", "WHAT WAS DONE"], ...rows];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => printable(cell).padEnd(widths[at] ?? 0)).join("  ");
  return `${all.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

/** One incident in full. */
export function letter(incident: StoredIncident, folder: string): string {
  const sections = incident.kind === "whole" ? told(incident.manifest) : [
    section("What happened", [`This incident is damaged: ${incident.reason}.`]),
    section("What can still be said", [`Its name says ${incident.class}, at ${when(incident.at)}.`]),
  ];
  const kept = incident.artifacts.map(({ name, status, bytes, reason }) => {
    const size = isKept({ status }) ? `, ${formatSize(bytes)}` : "";
    return `${name}: ${status}${size}${reason === null ? "" : ` (${reason})`}`;
  });
  return [
    `Incident ${incident.id}`,
    "",
    ...sections,
    section(`What was kept, in ${folder}`, kept.length > 0 ? kept : ["Nothing beside the verdict."]),
    ...incident.artifacts.filter((each) => isHeapDump(each.name) && isKept(each)).map(({ name }) =>
      section("How to read the heap dump", [
        `${folder}/${name}`,
        name.endsWith(".gz") ? OPEN_GZIPPED : OPEN_PLAIN,
        "It holds all data and secrets that the gateway had in memory. No bundle has it.",
      ])
    ),
    `For a bug report: rekindle incidents bundle ${incident.id}`,
    "",
  ].join("\n");
}

function told({ at, generation, verdict, exit, change, decision, facts }: Manifest): readonly string[] {
  const evidence = verdict.evidence.map(({ source, line, text }) =>
    `${source}${line === null ? "" : `, line ${line}`}: ${shorten(text)}`
  );
  const known = Object.entries(facts).flatMap(([name, value]) =>
    typeof value === "object" ? [] : [`${name}: ${shorten(String(value))}`]
  );
  return [
    section("What happened", [
      `${verdict.summary} (${verdict.class})`,
      `Generation ${generation}, ended at ${when(at)} with ${describeExit(exit)}.`,
    ]),
    section("How sure that is", [SURE[verdict.confidence]]),
    section("The evidence", evidence.length > 0 ? evidence : ["None."]),
    section("What rekindle did", [`Memory: ${change.reason}`, `Then: ${decision.reason}`]),
    section("What you can do", [verdict.remedy === "" ? "Nothing is known that helps." : verdict.remedy]),
    ...(known.length > 0 ? [section("What else is known", known)] : []),
  ];
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}`;
}

function done({ change, decision }: Manifest): string {
  return change.changed ? `${change.reason}; ${decision.reason}` : decision.reason;
}

/** `2026-03-04 05:06:07Z`. */
function when(at: string): string {
  return at.replace("T", " ").replace(/\.\d+/, "");
}

function shorten(text: string): string {
  const line = text.trim();
  return line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS)}…`;
}
