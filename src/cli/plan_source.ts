/**
 * Whose memory plan is shown: that of the daemon that runs, or that of the next start?
 * @module
 */

import { join } from "@std/path";
import type { PlanDocument } from "../api/plan.ts";
import type { MemoryPolicy } from "../core/memory/basis.ts";
import { firstMemory, renewed } from "../core/memory/memory.ts";
import type { Memory } from "../core/memory/memory.ts";
import type { MemoryRecord } from "../core/memory/record.ts";
import { readMemoryRecord } from "../core/memory/record_text.ts";
import { EXIT, reasonOf, UserError } from "../errors.ts";
import { GatewayCommand } from "../gateway/command.ts";
import type { CommandOutcome } from "../gateway/command.ts";
import { findInstallation } from "../gateway/installation.ts";
import type { Installation } from "../gateway/installation.ts";
import { groundOf } from "../daemon/ground.ts";
import { MEMORY_FILE } from "../supervisor/memory_file.ts";
import { findDaemon } from "./client.ts";
import { foldersOf } from "./context.ts";
import { startingFlags } from "./starting_flags.ts";
import type { CommandContext } from "./context.ts";

/** A plan, and what is known of it. */
export interface PlanSource {
  readonly memory: Memory;
  readonly policy: MemoryPolicy;
  /** The daemon's word; `null` when none runs. */
  readonly daemon: Pick<PlanDocument, "generation" | "phase" | "flags"> | null;
  /** What could not be found out, each as a sentence. */
  readonly unknown: readonly string[];
}

/**
 * The plan of the daemon that runs, or else of the next start. Changes nothing on the disk.
 * @throws {UserError} When a daemon runs and a flag asks for the plan of another one.
 */
export async function planSource(context: CommandContext): Promise<PlanSource> {
  const client = await findDaemon(context);
  if (client === null) return await nextStart(context);
  refuseSettings(context);
  const { generation, phase, flags, mode, modeIsExplicit, ...memory } = await client.plan();
  return {
    memory,
    policy: { mode, modeIsExplicit },
    daemon: { generation, phase, flags },
    unknown: [],
  };
}

function refuseSettings({ settings }: CommandContext): void {
  const given = startingFlags(settings);
  if (given.length === 0) return;
  const flags = given.map((name) => `--${name}`).join(", ");
  throw new UserError(`Cannot plan with ${flags}: a daemon runs, and its plan is made already`, {
    hint: `"rekindle check" with ${given.length === 1 ? "it" : "them"} says what another start would get.`,
    exitCode: EXIT.usage,
  });
}

/** The next start, as far as it can be known. */
export interface NextStart extends PlanSource {
  /** `null` where there is no Spark or no Java. */
  readonly installation: Installation | null;
  /** What Spark's launcher says; `null` where it was not asked. */
  readonly outcome: CommandOutcome | null;
  /** What keeps Spark from being asked; `null` when it was. */
  readonly obstacle: unknown;
  /** Whether `run` would fetch what is missing first. */
  readonly fetches: boolean;
}

/** The plan of the next start, as `run` would make it with the same settings; whatever runs. */
export async function nextStart(context: CommandContext): Promise<NextStart> {
  const { settings: { memoryMode: mode, origins }, runtime: { clock } } = context;
  const policy: MemoryPolicy = { mode, modeIsExplicit: origins["memory-mode"] !== undefined };
  const unknown: string[] = [];
  const atMs = clock.date().getTime();
  const { basis, ...asked } = await basisOf(context, unknown);
  const kept = await keptRecord(context, unknown);
  const memory = renewed(firstMemory(basis, { kept, mode, atMs }), policy, atMs);
  return { memory, policy, daemon: null, unknown, ...asked };
}

type Asked = Pick<NextStart, "installation" | "outcome" | "obstacle" | "fetches">;

/** Without Spark or Java the settings and the machine are all there is to go by. */
async function basisOf(
  context: CommandContext,
  unknown: string[],
): Promise<Asked & { readonly basis: Memory["basis"] }> {
  const asked = await ask(context);
  if (asked.obstacle !== null) unknown.push(unasked(reasonOf(asked.obstacle)));
  if (asked.outcome?.kind === "failed") unknown.push(unasked("its launcher refuses to answer"));
  const command = { prepare: () => Promise.resolve(asked.outcome ?? NO_ANSWER) };
  const pinThread = context.env.PYSPARK_PIN_THREAD ?? "true";
  const place = {
    installation: { spark: { home: asked.installation?.spark.home ?? "" } },
    ...{ command, pinThread },
  };
  return { basis: (await groundOf({ ...context, embedded: false }, place)).basis, ...asked };
}

/** A plan that is only looked at installs nothing. */
async function ask({ settings, env, cwd, own, runtime }: CommandContext): Promise<Asked> {
  let installation: Installation | null = null;
  let fetches = false;
  const provision = own.provision === null ? null : () => {
    fetches = true;
    return Promise.resolve();
  };
  try {
    installation = await findInstallation({ ...settings, ...own, provision, env, cwd }, runtime);
    const launcher = new GatewayCommand({ ...installation, ...settings, env, cwd }, runtime);
    return { installation, outcome: await launcher.prepare(), obstacle: null, fetches };
  } catch (obstacle) {
    return { installation, outcome: null, obstacle, fetches };
  }
}

const NO_ANSWER: CommandOutcome = { kind: "failed", exit: { code: 1, signal: null }, stderr: "" };

function unasked(why: string): string {
  return `Spark could not be asked (${why}): what its own settings fix, and its master, are not in this plan.`;
}

/** As `run` reads it, and without putting a damaged file aside. */
async function keptRecord(context: CommandContext, unknown: string[]): Promise<MemoryRecord | null> {
  const { runtime: { files } } = context;
  const path = join(foldersOf(context).state, MEMORY_FILE);
  if (await files.stat(path) === null) return null;
  try {
    const record = readMemoryRecord(await files.readText(path));
    if (typeof record !== "string") return record;
    unknown.push(`What was learned cannot be read (in ${path} ${record}): the next start learns anew.`);
  } catch (error) {
    unknown.push(`What was learned cannot be read (${reasonOf(error)}): the next start learns anew.`);
  }
  return null;
}
