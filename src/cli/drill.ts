/**
 * `rekindle drill`: does this installation really heal? Each fault is brought about in a scratch instance.
 * @module
 */

import { nearest } from "../nearest.ts";
import type { RawSettings } from "../config.ts";
import { clearAll } from "../drill/running_drill.ts";
import { runDrill, whatOf } from "../drill/drills.ts";
import type { DrillOutcome } from "../drill/fault.ts";
import { DRILL_NAMES } from "../drill/names.ts";
import type { DrillName } from "../drill/names.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { redact, redactJson } from "../incident/redaction/redact.ts";
import { printableJson } from "../printable.ts";
import { exitNow, ownCommand } from "../runtime/process.ts";
import { onSignal } from "../runtime/signal.ts";
import { columns, WIDTH, wrapped } from "./columns.ts";
import type { Command, Invocation } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { stepLine } from "./progress.ts";

/** What is asked. */
export interface DrillRequest {
  readonly names: readonly DrillName[];
  readonly json: boolean;
  /** The flags of the command line, for the scratch daemons. */
  readonly flags: RawSettings;
}

/**
 * Reads the words of `drill`.
 * @throws {UserErrors} With every name that is none.
 */
export function readDrillRequest(
  { own, operands, settings }: Pick<Invocation, "own" | "operands" | "settings">,
): DrillRequest {
  const problems: UserError[] = [];
  const names = operands.flatMap((word) => {
    const name = DRILL_NAMES.find((each) => each === word);
    if (name === undefined) problems.push(unknownDrill(word));
    return name ?? [];
  });
  const [problem, ...more] = problems;
  if (problem !== undefined) throw new UserErrors([problem, ...more]);
  const json = own.json === true;
  return { names: own.all === true ? DRILL_NAMES : names, json, flags: settings };
}

function unknownDrill(word: string): UserError {
  const near = nearest(word, DRILL_NAMES);
  return new UserError(`Cannot drill ${JSON.stringify(word)}: there is no such drill`, {
    hint: `${near === null ? "" : `Did you mean "${near}"? `}There are ${
      DRILL_NAMES.join(", ")
    }; --all runs them all.`,
    exitCode: EXIT.usage,
  });
}

/** The command line's way to {@linkcode drill}. */
export const command: Command = async (call) => {
  const request = readDrillRequest(call);
  return await drill(await call.context(), request, stepLine(call.progress));
};

/** Runs the drills one after the other and tells what came of each. */
export async function drill(
  context: CommandContext,
  { names, json, flags }: DrillRequest,
  progress: (step: string | null) => void,
): Promise<ExitCode> {
  if (names.length === 0) return list(context, json);
  const unsubscribe = onSignal(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    progress(null);
    void clearAll().finally(() => exitNow(signal === "SIGINT" ? EXIT.interrupted : EXIT.failure));
  });
  const outcomes: DrillOutcome[] = [];
  try {
    for (const name of names) {
      const outcome = await runDrill(name, {
        ...context,
        program: ownCommand(),
        flags,
        progress: (what) => progress(`${name}: ${what}`),
      });
      progress(null);
      outcomes.push(outcome);
      if (!json) context.print(redact(`${linesOf(outcome).join("\n")}\n`, context.secrets).text);
    }
  } finally {
    unsubscribe();
  }
  const passed = outcomes.every(({ result }) => result !== "failed");
  const exitCode = passed ? EXIT.ok : EXIT.failure;
  if (json) {
    const document = { passed, exitCode, drills: outcomes };
    context.print(`${printableJson(redactJson(document, context.secrets).value)}\n`);
  } else context.print(`\n${summaryOf(outcomes)}\n`);
  return exitCode;
}

function list(context: CommandContext, json: boolean): ExitCode {
  const drills = DRILL_NAMES.map((name) => ({ name, what: whatOf(name) }));
  if (json) context.print(`${printableJson({ drills })}\n`);
  else {
    context.print(`${columns(drills.map(({ name, what }) => [name, what]), "  ").join("\n")}\n\n`);
    context.print("Each is brought about in a scratch instance; a daemon that runs is not touched.\n");
    context.print("rekindle drill NAME… runs some, rekindle drill --all runs them all.\n");
  }
  return EXIT.ok;
}

/** A line for the fault, and one each for what was found, how it was named, and how it healed. */
export function linesOf(outcome: DrillOutcome): readonly string[] {
  const { name, what, result, foundMs, namedMs, healedMs, verdict, how, notes } = outcome;
  const row = (label: string, ms: number | null, text: string) =>
    ms === null ? [] : labelled(`  ${label.padEnd(7)} ${`after ${seconds(ms)}`.padEnd(14)}`, text);
  return [
    ...labelled(`${result.padEnd(9)}${name.padEnd(15)}`, what),
    ...row("found", foundMs, "the gateway is not ready and healthy any more"),
    ...row(
      "named",
      namedMs,
      verdict === null ? "" : `${verdict.class} (${verdict.confidence}): ${verdict.summary}`,
    ),
    ...row("healed", healedMs, how),
    ...notes.flatMap((note) => labelled("  note    ", note)),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1)} s`;
}

function labelled(label: string, text: string): readonly string[] {
  const lines = wrapped(text, WIDTH - label.length);
  return lines.map((line, at) => `${at === 0 ? label : " ".repeat(label.length)}${line}`.trimEnd());
}

function summaryOf(outcomes: readonly DrillOutcome[]): string {
  const of = (result: DrillOutcome["result"]) => outcomes.filter((each) => each.result === result).length;
  const skipped = of("skipped") === 0 ? "" : `, ${of("skipped")} left out`;
  return of("failed") === 0
    ? `${of("passed")} of ${outcomes.length} drills healed and were named right${skipped}.`
    : `${
      of("failed")
    } of ${outcomes.length} drills failed${skipped}. The notes say how; rekindle doctor --deep may say why.`;
}
