/**
 * With which words would the next gateway be started, and what would keep it from starting?
 * @module
 */

import { join } from "@std/path";
import { classifyDeath } from "../core/diagnosis/exit_cause.ts";
import type { Memory } from "../core/memory/memory.ts";
import { EXIT, UserError } from "../errors.ts";
import type { CommandOutcome, LauncherAnswer } from "../gateway/command.ts";
import type { Installation } from "../gateway/installation.ts";
import { startOf } from "../gateway/start.ts";
import { findWorkerPython } from "../gateway/warm_up_python.ts";
import { HEAP_DUMP_NAMES } from "../incident/finding.ts";
import { headStartOf } from "../daemon/head_start.ts";
import { refuseTooSmall } from "../daemon/start_report.ts";
import { scratchPrefix } from "../supervisor/leftovers.ts";
import { foldersOf } from "./context.ts";
import type { CommandContext } from "./context.ts";
import { nextStart } from "./plan_source.ts";

/** The command of the next gateway; `gN` and `XXXX` stand for what is only known when it starts. */
export interface IntendedCommand {
  readonly argv: readonly string[];
  /** The names of the variables it gets besides those here, or with another value. */
  readonly variables: readonly string[];
  /** What becomes of the class-data archive, in words. */
  readonly archive: string;
  /** What becomes of PySpark's bytecode, in words. */
  readonly bytecode: string;
}

/** The next start. */
export interface IntendedStart {
  readonly installation: Installation | null;
  readonly memory: Memory;
  /** `null` when it cannot be told. */
  readonly command: IntendedCommand | null;
  /** What could not be found out, each as a sentence. */
  readonly unknown: readonly string[];
  /** What would keep it from starting. */
  readonly problems: readonly UserError[];
}

/** Looks. */
export async function intendedStart(context: CommandContext): Promise<IntendedStart> {
  const { installation, outcome, obstacle, fetches, memory, unknown } = await nextStart(context);
  const problems: UserError[] = [];
  if (obstacle !== null && !(obstacle instanceof UserError)) throw obstacle;
  if (obstacle !== null && !fetches) problems.push(obstacle);
  if (outcome?.kind === "failed") problems.push(refusedBy(outcome));
  try {
    refuseTooSmall(memory.plan);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error);
  }
  const command = installation === null || outcome?.kind !== "ready"
    ? null
    : await commandOf(context, { installation, memory, answer: outcome.answer });
  if (fetches) return { installation, memory, command, problems, unknown: [...unknown, FETCHED] };
  // What is a problem need not be said twice.
  return { installation, memory, command, problems, unknown: problems.length > 0 ? [] : unknown };
}

const FETCHED = "rekindle run fetches what is missing, a PySpark or a Java, before it starts a gateway.";

function refusedBy({ exit, stderr }: Extract<CommandOutcome, { kind: "failed" }>): UserError {
  const lines = stderr.split("\n").map((text, at) => ({ number: at + 1, text }));
  const verdict = classifyDeath({
    ...{ exit, intent: null, wasReady: false, stdout: [], stderr: lines, hsErr: [] },
    oomKills: { group: null, machine: null },
  });
  const line = verdict.evidence.find(({ source }) => source !== "exit");
  const because = line === undefined ? "" : `\n  ${line.source}: ${line.text.trim()}`;
  const message = `Cannot start a gateway: ${verdict.summary} (${verdict.class})${because}`;
  return new UserError(message, { hint: verdict.remedy, exitCode: EXIT.config });
}

/** The launcher is asked through a shell. */
const SHELLS_OWN = ["_", "SHLVL", "PWD", "OLDPWD"];

interface CommandParts {
  readonly installation: Installation;
  readonly memory: Memory;
  readonly answer: LauncherAnswer;
}

async function commandOf(
  context: CommandContext,
  { installation: { spark, java }, memory, answer }: CommandParts,
): Promise<IntendedCommand> {
  const { settings, runtime, env, cwd } = context;
  const folders = foldersOf(context);
  const prefix = await scratchPrefix(folders.state);
  const dump = java.major >= 17 ? HEAP_DUMP_NAMES.gzipped : HEAP_DUMP_NAMES.plain;
  const headStart = headStartOf({ ...context, folders }, {
    ...{ installation: { spark, java }, scratchPrefix: prefix },
    workerPython: () => findWorkerPython(spark, { ...runtime, env, cwd }),
    news: { archive: () => {}, bytecode: () => {} },
  });
  const start = startOf({
    ...{ name: "gN", answer, plan: memory.plan, folders, owner: folders.state },
    modules: java.modules,
    javaMajor: java.major,
    scratch: join(folders.temp, `${prefix}XXXX`),
    sparkHome: await headStart.bytecode?.home() ?? null,
    awaitedOn: runtime.machine.processor().processors,
    heapDump: settings.heapDump ? join(folders.state, "dumps/XXXX", `gN${dump.slice("heap".length)}`) : null,
  });
  return {
    argv: await headStart.archive?.apply(0, start) ?? start.argv,
    variables: Object.entries(start.env).flatMap(([name, value]) =>
      env[name] === value || SHELLS_OWN.includes(name) ? [] : [name]
    ),
    ...headStart.states(),
  };
}
