/**
 * `rekindle incidents`: the deaths that are kept, with or without a daemon that runs.
 * @module
 */

import { join, resolve } from "@std/path";
import { DAEMON_FILE } from "../daemon/address.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { bundle } from "../incident/bundle.ts";
import { redactedIncident, secretsOfIncident, summaryOf } from "../incident/redacted_incident.ts";
import { secretsOfVariables } from "../incident/redaction/known_secrets.ts";
import { redact } from "../incident/redaction/redact.ts";
import { IncidentStore } from "../incident/store.ts";
import type { StoredIncident } from "../incident/store.ts";
import { ENVIRONMENT_FILE } from "../supervisor/environment_file.ts";
import { printableJson } from "../printable.ts";
import { VERSION } from "../version.ts";
import type { Command, Invocation } from "./command.ts";
import { usageOf } from "./commands.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { letter, table } from "./incident_letter.ts";
import { viewOf, withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { readEnvironment } from "./attachment.ts";

/** What is asked of the store. An id may be its beginning, or `last`. */
export type IncidentsRequest =
  | { readonly kind: "list"; readonly json: boolean }
  | { readonly kind: "show"; readonly id: string; readonly json: boolean }
  | { readonly kind: "bundle"; readonly id: string; readonly output: string | null }
  | { readonly kind: "rm"; readonly ids: readonly string[] };

/**
 * Reads the words behind `incidents`.
 * @throws {UserError} When they make no sense together.
 */
export function readIncidentsRequest(
  { operands, own }: Pick<Invocation, "operands" | "own">,
): IncidentsRequest {
  const [action = "list", ...ids] = operands;
  const [id = "last", extra] = ids;
  const json = own.json === true;
  const output = typeof own.output === "string" ? own.output : null;
  if (output !== null && action !== "bundle") throw misused("Cannot use --output: only bundle writes a file");
  if (json && (action === "bundle" || action === "rm")) {
    throw misused(`Cannot use --json: ${action} has nothing to print`);
  }
  switch (action) {
    case "list":
      if (ids.length > 0) throw misused(`Cannot understand "${id}": list takes no further words`);
      return { kind: "list", json };
    case "show":
    case "bundle":
      if (extra !== undefined) throw misused(`Cannot ${action} more than one incident at once`);
      return action === "show" ? { kind: "show", id, json } : { kind: "bundle", id, output };
    case "rm":
      if (ids.length === 0) throw misused("Cannot remove anything: no incident is named");
      return { kind: "rm", ids };
    default:
      throw misused(`Cannot understand "${action}": incidents knows list, show, bundle and rm`);
  }
}

/** The command line's way to {@linkcode incidents}. */
export const command: Command = async (call) => {
  const request = readIncidentsRequest(call);
  const context = await call.context();
  return await incidents(context, request, viewOf(call, context));
};

/** Does what is asked. */
export async function incidents(
  context: CommandContext,
  request: IncidentsRequest,
  view: ProgressView,
): Promise<ExitCode> {
  const folder = join(foldersOf(context).state, "incidents");
  const { files } = context.runtime;
  const store = new IncidentStore(folder, files);
  const all = await store.list();
  switch (request.kind) {
    case "list":
      if (request.json) {
        context.print(json(all.map((each) => summaryOf(redactedIncident(each, context.secrets)))));
      } else if (all.length === 0) context.print(`No incidents are kept in ${folder}.\n`);
      else context.print(table(all.map((each) => redactedIncident(each, context.secrets))));
      return EXIT.ok;
    case "show": {
      const found = find(request.id, all, folder);
      const inFolder = store.folderOf(found.id);
      const incident = redactedIncident(found, await knownSecrets(context, inFolder));
      if (request.json) {
        context.print(json(incident.kind === "whole" ? incident.document : summaryOf(incident)));
      } else context.print(letter(incident, inFolder));
      return EXIT.ok;
    }
    case "bundle":
      return await writeBundle(context, {
        store,
        incident: find(request.id, all, folder),
        output: request.output,
        view,
      });
    case "rm": {
      // All are looked up before the first goes: a mistake in the last one costs nothing.
      const named = new Set(request.ids.map((id) => find(id, all, folder).id));
      for (const id of named) {
        await store.remove(id).catch((cause) => {
          throw new UserError(`Cannot remove ${id}: ${reasonOf(cause)}`, {
            hint: `Look at the folder ${store.folderOf(id)}.`,
            exitCode: EXIT.noPermission,
            cause,
          });
        });
        context.print(`removed ${id}\n`);
      }
      return EXIT.ok;
    }
  }
}

async function writeBundle(
  context: CommandContext,
  { store, incident, output, view }: {
    readonly store: IncidentStore;
    readonly incident: StoredIncident;
    readonly output: string | null;
    readonly view: ProgressView;
  },
): Promise<ExitCode> {
  const { files } = context.runtime;
  const secrets = await knownSecrets(context, store.folderOf(incident.id));
  const named = resolve(context.cwd, output ?? `rekindle-${incident.id}.tar.gz`);
  // A link stays one: /dev/stdout is one, too.
  const path = await files.realPath(named) ?? named;
  const there = await files.stat(path);
  if (there !== null && !there.isFile) throw unwritable(path, "it is there, and no file");
  const packing = bundle(incident, { store, files, secrets, version: VERSION });
  const made = await withProgress(packing, () => `packing ${incident.id}`, view);
  await files.writeAtomic(path, made.bytes).catch((cause) => {
    throw unwritable(path, reasonOf(cause), cause);
  });
  const secretsWord = made.replaced === 1 ? "1 secret" : `${made.replaced} secrets`;
  const told = [
    `${path}: ${made.names.length} ${made.names.length === 1 ? "file" : "files"}, ${secretsWord} replaced`,
    ...made.leftOut.map(({ name, reason }) => `  left out ${name}: ${reason}`),
    "Names of hosts, users and files are still in it: look through it before you publish it.",
    "",
  ].join("\n");
  context.print(redact(told, secrets).text);
  return EXIT.ok;
}

function json(value: unknown): string {
  return `${printableJson(value)}\n`;
}

/** What must be in nothing that leaves: the daemon's secrets, the user's own, and those the gateway was started with. */
async function knownSecrets(context: CommandContext, folder: string): Promise<readonly string[]> {
  const { runtime: { files }, secrets } = context;
  const { runtime } = foldersOf(context);
  const read = async (path: string) => await files.readText(path).catch(() => "");
  const token = /"token"\s*:\s*"([^"]+)"/.exec(await read(join(runtime, DAEMON_FILE)))?.[1];
  return [
    ...secrets,
    ...secretsOfVariables(readEnvironment(await read(join(runtime, ENVIRONMENT_FILE)))),
    ...await secretsOfIncident(folder, files),
    ...(token === undefined ? [] : [token]),
  ];
}

/** The incident that a word means. */
function find(word: string, all: readonly StoredIncident[], folder: string): StoredIncident {
  const meant = word === "last" ? all.slice(0, 1) : all.filter(({ id }) => id === word);
  const found = meant.length > 0 ? meant : all.filter(({ id }) => word !== "" && id.startsWith(word));
  const [incident, another] = found;
  if (incident !== undefined && another === undefined) return incident;
  const newest = (another === undefined ? all : found).slice(0, 5).map(({ id }) => id);
  if (newest.length === 0) {
    throw new UserError(`Cannot find an incident: none are kept in ${folder}`, {
      hint: "No gateway has died there yet; --state-dir or --name name the folder of another daemon.",
      exitCode: EXIT.noInput,
    });
  }
  const why = another === undefined ? "there is none of that name" : `${found.length} begin with it`;
  throw new UserError(`Cannot find the incident "${word}": ${why}`, {
    hint: `The newest ${another === undefined ? "are" : "of them are"} ${newest.join(", ")}.`,
    exitCode: EXIT.noInput,
  });
}

function misused(message: string): UserError {
  return new UserError(message, { hint: `Usage: ${usageOf("incidents")}`, exitCode: EXIT.usage });
}

function unwritable(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot write ${path}: ${reason}`, {
    hint: "Name another file with -o FILE.",
    exitCode: EXIT.cannotCreate,
    cause,
  });
}
