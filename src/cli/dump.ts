/**
 * `rekindle dump`: what does the running gateway tell of its inside?
 * @module
 */

import type { DumpKind, HeapDumpDocument } from "../api/dumps.ts";
import { EXIT, UserError } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { printableJson, printableLines } from "../printable.ts";
import { findDaemon } from "./client.ts";
import type { DaemonClient } from "./client.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { viewOf, withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { noDaemon } from "./until.ts";

/** What is asked. */
export interface DumpRequest {
  readonly kind: DumpKind;
  readonly json: boolean;
}

/** A JVM that is asked for its threads or classes stands still for its answer; a large one takes seconds. */
const ANSWER_MS = 60_000;
const POLL_MS = 200;

/** The command line's way to {@linkcode dump}. */
export const command: Command = async (call) => {
  const { operands: [word = ""], own } = call;
  const context = await call.context();
  const kind = word.toLowerCase() as DumpKind;
  return await dump(context, { kind, json: own.json === true }, viewOf(call, context));
};

/**
 * Prints the text, or where the heap is once it is written.
 * @throws {UserError} When there is no daemon or gateway, or the gateway does not tell.
 */
export async function dump(
  context: CommandContext,
  { kind, json }: DumpRequest,
  view: ProgressView,
): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) throw noDaemon(WHAT[kind]);
  const asked = daemon.ask(WHAT[kind], { path: "/v1/dumps", body: { kind }, waitMs: ANSWER_MS });
  const text = await withProgress(asked, () => `asking the gateway (${kind})`, view);
  if (kind !== "heap") {
    context.print(json ? `${printableJson({ kind, text })}\n` : printableLines(text));
    return EXIT.ok;
  }
  const written = saved(daemon, JSON.parse(text) as HeapDumpDocument, view);
  const document = await withProgress(
    written,
    () => "the gateway writes its heap, and stands still meanwhile",
    view,
  );
  if (json) context.print(`${printableJson(document)}\n`);
  else {
    context.print(
      `The heap of generation ${document.generation} is in ${document.path}.\n` +
        "It holds everything that was in memory, data and secrets. The file is yours to remove.\n",
    );
  }
  return EXIT.ok;
}

const WHAT: Readonly<Record<DumpKind, string>> = {
  threads: "ask for the gateway's threads",
  histogram: "ask what fills the gateway's heap",
  heap: "ask for the gateway's heap",
};

async function saved(
  daemon: DaemonClient,
  begun: HeapDumpDocument,
  { clock }: ProgressView,
): Promise<HeapDumpDocument> {
  let now = begun;
  while (now.state === "writing") {
    await clock.sleep(POLL_MS);
    now = JSON.parse(await daemon.ask(WHAT.heap, { path: `/v1/dumps/${begun.id}` })) as HeapDumpDocument;
  }
  if (now.state === "saved") return now;
  throw new UserError(`Cannot keep the gateway's heap: ${now.reason ?? "it could not be written"}`, {
    hint: 'See "rekindle status" and the room on the disk of the state folder.',
    exitCode: EXIT.unavailable,
  });
}
