/**
 * How are the incidents told, and asking for them?
 * @module
 */

import type { Incident } from "../../core/lifecycle.ts";
import type { RestartDecision } from "../../core/restart_policy.ts";
import type { ExitStatus, Verdict } from "../../core/verdict.ts";
import { exampleIncident } from "./examples.ts";
import { bytes, header, IF_NONE_MATCH, inPath, json, NOT_MODIFIED, problems } from "./operation.ts";
import type { Operation, Parameter } from "./operation.ts";
import { either, list, moment, named, nullable, record, text, whole, words } from "./schema.ts";
import { confidence, exitStatus, generation, memoryDecision, restartDecision, verdict } from "./verdict.ts";

/** One thing that was looked for. */
interface Artifact {
  readonly name: string;
  readonly status: "saved" | "truncated" | "missing" | "skipped";
  readonly bytes: number;
  readonly reason: string | null;
}

/** What an incident's list says of a death whose manifest can be read. */
interface Summary {
  readonly id: string;
  readonly at: string;
  readonly generation: number;
  readonly class: string;
  readonly confidence: Verdict["confidence"];
  readonly summary: string;
  readonly change: Incident["change"];
  readonly decision: { readonly kind: string; readonly reason: string };
  readonly damaged: null;
  readonly artifacts: readonly Artifact[];
}

type Damaged = Pick<Summary, "id" | "at" | "generation" | "class" | "artifacts"> & {
  readonly damaged: string;
};

interface Manifest extends Pick<Summary, "id" | "at" | "generation" | "change" | "artifacts"> {
  readonly verdict: Verdict;
  readonly exit: ExitStatus;
  readonly decision: RestartDecision;
  readonly facts: unknown;
}

const common = {
  id: text("Its name.", { examples: [exampleIncident.id] }),
  at: moment("When it was saved."),
  generation,
  artifacts: list(
    "What was looked for.",
    named(
      "Artifact",
      record<Artifact>("One thing that was looked for.", {
        name: text("Its name below `artifacts`, where it was kept."),
        status: words("What became of it.", {
          saved: "it is kept whole",
          truncated: "it is kept in part",
          missing: "it was not to be had",
          skipped: "it was left out on purpose",
        }),
        bytes: whole("Its size; 0 when it is not kept."),
        reason: nullable(text("Why it is not whole, or `null`.")),
      }),
    ),
  ),
};
// What is kept may be of another version: its words are no closed list.
const cause = text("A `CauseClass`, maybe one that only the version knows that wrote it.");

const damaged = named(
  "DamagedIncident",
  record<Damaged>("A death whose manifest cannot be read: what its folder tells.", {
    ...common,
    class: cause,
    damaged: text("What is wrong with the manifest."),
  }),
);

const summary = named(
  "IncidentSummary",
  either<Summary | Damaged>(
    "A death in short.",
    named(
      "KeptIncident",
      record<Summary>("A death in short.", {
        ...common,
        class: cause,
        confidence,
        summary: text("One sentence in plain words."),
        change: memoryDecision,
        decision: record<Summary["decision"]>("What was done about it.", {
          kind: text("`restart` or `give-up`."),
          reason: text("Why."),
        }),
        damaged: { type: "null", description: "Its manifest can be read." },
      }),
    ),
    damaged,
  ),
);

const manifest = named(
  "Incident",
  record<Manifest>("A death in full. One that another version wrote may have other members.", {
    ...common,
    verdict,
    exit: exitStatus,
    change: memoryDecision,
    decision: restartDecision,
    facts: {
      type: "object",
      description: "What else is known of the gateway and its surroundings; its members are for people.",
    },
  }),
);

const listed = record<{ readonly incidents: readonly (Summary | Damaged)[] }>("The incidents.", {
  incidents: list("Newest first.", summary),
});

const id = (more: string): Parameter =>
  inPath("id", `The incident's name${more}.`, { type: "string", examples: [exampleIncident.id] });
const orLast = ", or `last` for the newest";
const unknown = problems([], "There is none of this name.");
const range = (name: string, description: string): Parameter => ({
  ...{ name, required: false, description },
  in: "header",
  schema: { type: "string" },
});

/** Only what shows itself as it is has a type of its own. */
const FILE_TYPES = ["text/plain", "application/json", "application/gzip", "application/octet-stream"];
const SAVED = {
  "content-disposition": header("It is to be saved, and under which name."),
  etag: header("Of this file."),
  "last-modified": header("When it was written."),
};

/** What can be asked. */
export const incidentOperations: readonly Operation[] = [
  {
    ...{ method: "GET", path: "/v1/incidents", access: "open", id: "listIncidents", tag: "incidents" },
    summary: "The deaths that are kept, with their verdicts",
    answers: { 200: json("The incidents in short.", listed, { example: { incidents: [exampleIncident] } }) },
  },
  {
    ...{ method: "GET", path: "/v1/incidents/{id}", access: "private", id: "getIncident", tag: "incidents" },
    summary: "One death in full, without secrets",
    parameters: [id(orLast)],
    answers: {
      200: json("The manifest; in short where it cannot be read.", either("One death.", manifest, damaged)),
      404: unknown,
    },
  },
  {
    ...{
      method: "DELETE",
      path: "/v1/incidents/{id}",
      access: "act",
      id: "removeIncident",
      tag: "incidents",
    },
    summary: "Remove what is kept of a death",
    parameters: [id("; not `last`, for that may be another one by now")],
    answers: { 204: { description: "It is removed." }, 404: unknown },
  },
  {
    ...{ method: "GET", path: "/v1/incidents/{id}/artifacts/{name}", access: "private" },
    ...{ id: "getArtifact", tag: "incidents" },
    summary: "One file of a death, as it was kept",
    parameters: [
      id(orLast),
      inPath("name", "One of its `artifacts` that was kept, or `manifest.json`."),
      range("range", "One range of bytes; several are answered with the whole."),
      range(
        "if-range",
        "The `ETag` or `Last-Modified` that the range is of; the whole is given when it has changed.",
      ),
      IF_NONE_MATCH,
    ],
    answers: {
      200: bytes("The file.", FILE_TYPES, SAVED),
      206: bytes("The range.", FILE_TYPES, { ...SAVED, "content-range": header("Which bytes of how many.") }),
      304: NOT_MODIFIED,
      404: problems([], "There is no such incident, or it has no such file."),
      416: {
        ...problems([], "The file has fewer bytes."),
        headers: { "content-range": header("How many bytes it has.") },
      },
    },
  },
  {
    ...{
      method: "GET",
      path: "/v1/incidents/{id}/bundle",
      access: "private",
      id: "getBundle",
      tag: "incidents",
    },
    summary: "A death as an archive to send with a bug report, without secrets",
    parameters: [id(orLast)],
    answers: {
      200: bytes("The archive.", ["application/gzip"], {
        "content-disposition": header("It is to be saved, and under which name."),
      }),
      404: unknown,
    },
  },
];
