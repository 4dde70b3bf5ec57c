/**
 * `rekindle plan`: the memory of the gateway, what would become of it, and what would have become of it.
 * @module
 */

import { nearest } from "../nearest.ts";
import { MIB, parseSize } from "../core/jvm_flags.ts";
import { CURABLE } from "../core/memory/cure.ts";
import { renderPlan } from "../core/memory/plan_flags.ts";
import { describeDifference, differences } from "../core/memory/read_back.ts";
import { whatIf } from "../core/memory/what_if.ts";
import type { CauseClass } from "../core/verdict.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { redactJson } from "../incident/redaction/redact.ts";
import { printableJson } from "../printable.ts";
import { WIDTH, wrapped } from "./columns.ts";
import type { Command, Invocation } from "./command.ts";
import { COMMANDS, usageOf } from "./commands.ts";
import type { CommandContext } from "./context.ts";
import { historyParts } from "./plan_history.ts";
import { replayed } from "./plan_replay.ts";
import { planSource } from "./plan_source.ts";
import type { PlanSource } from "./plan_source.ts";
import { budgetPart, regionTable } from "./plan_table.ts";
import { viewOf, withProgress } from "./progress.ts";
import type { ProgressView } from "./progress.ts";
import { outcomePart } from "./plan_outcome.ts";

/** What is asked. */
export type PlanRequest =
  & { readonly json: boolean }
  & (
    | { readonly kind: "show" }
    /** What if? The limit in bytes; `null` is the one there is. */
    | { readonly kind: "what-if"; readonly limitBytes: number | null; readonly causes: readonly CauseClass[] }
    | { readonly kind: "replay" }
  );

/**
 * Reads the flags of `plan`.
 * @throws {UserErrors} With every value that makes no sense.
 */
export function readPlanRequest({ own }: Pick<Invocation, "own">): PlanRequest {
  const json = own.json === true;
  const words = [own.cause ?? []].flat().map(String);
  if (own.replay === true) {
    if (own.limit === undefined && words.length === 0) return { kind: "replay", json };
    throw new UserError("Cannot use --replay with --limit or --cause: it has deaths of its own", {
      hint: `Usage: ${usageOf("plan")}`,
      exitCode: EXIT.usage,
    });
  }
  const problems: UserError[] = [];
  const limitBytes = own.limit === undefined ? null : parseSize(String(own.limit));
  if (own.limit !== undefined && (limitBytes === null || limitBytes < MIB)) {
    problems.push(refused("limit", own.limit, "it is not a size such as 1536m or 2g"));
  }
  const causes = words.flatMap((word) => {
    const cause = CURABLE.find((each) => each === word);
    if (cause === undefined) problems.push(incurable(word));
    return cause ?? [];
  });
  const [problem, ...more] = problems;
  if (problem !== undefined) throw new UserErrors([problem, ...more]);
  return limitBytes === null && causes.length === 0
    ? { kind: "show", json }
    : { kind: "what-if", limitBytes, causes, json };
}

function refused(name: "limit" | "cause", value: unknown, why: string): UserError {
  const { value: kind, help } = COMMANDS.plan.own[name];
  return new UserError(`Cannot use --${name} ${JSON.stringify(value)}: ${why}`, {
    hint: `--${name} ${kind}: ${help}.`,
    exitCode: EXIT.usage,
  });
}

function incurable(word: string): UserError {
  const near = nearest(word, CURABLE);
  return new UserError(`Cannot use --cause ${JSON.stringify(word)}: memory settings cure no such death`, {
    hint: `${near === null ? "" : `Did you mean "${near}"? `}They cure ${CURABLE.join(", ")}.`,
    exitCode: EXIT.usage,
  });
}

/** The command line's way to {@linkcode plan}. */
export const command: Command = async (call) => {
  const request = readPlanRequest(call);
  const context = await call.context();
  return await plan(context, { ...request, colour: call.colour }, viewOf(call, context));
};

/** Shows what is asked for; changes nothing, neither on the disk nor in a daemon. */
export async function plan(
  context: CommandContext,
  request: PlanRequest & { readonly colour: boolean },
  view: ProgressView,
): Promise<ExitCode> {
  const { document, lines } = await withProgress(answerTo(context, request), () => "planning", view);
  // What dead gateways wrote may be in the reasons of their incidents.
  if (request.json) context.print(`${printableJson(redactJson(document, context.secrets).value)}\n`);
  else context.print(`${lines.join("\n")}\n`);
  return EXIT.ok;
}

interface Answer {
  readonly document: unknown;
  readonly lines: readonly string[];
}

async function answerTo(
  context: CommandContext,
  request: PlanRequest & { readonly colour: boolean },
): Promise<Answer> {
  if (request.kind === "replay") return await replayed(context);
  const source = await planSource(context);
  if (request.kind === "show") return { document: documentOf(source), lines: shown(source) };
  const { memory, policy } = source;
  const atMs = context.runtime.clock.date().getTime();
  const outcome = whatIf(memory, { ...request, policy, atMs });
  return {
    document: { ...documentOf(source), whatIf: { limitBytes: request.limitBytes, ...outcome } },
    lines: [
      ...whose(source),
      "",
      ...regionTable(memory.plan),
      "",
      ...outcomePart(outcome, { ...request, pins: memory.basis.pins }),
    ],
  };
}

function documentOf({ memory, policy, daemon, unknown }: PlanSource): Readonly<Record<string, unknown>> {
  const { plan, record, basis } = memory;
  const flags = daemon?.flags ?? null;
  return {
    of: isRunning(daemon) ? "running" : "next",
    generation: daemon?.generation ?? null,
    phase: daemon?.phase ?? null,
    ...policy,
    ...{ plan, flags: renderPlan(plan), record, basis },
    readBack: flags === null ? null : { flags, differences: differences(plan, flags) },
    unknown,
  };
}

function shown(source: PlanSource): readonly string[] {
  const { memory, policy } = source;
  return [
    ...whose(source),
    "",
    ...regionTable(memory.plan),
    ...readBack(source),
    "",
    ...budgetPart(memory.plan, memory.basis.pins),
    ...historyParts(memory, policy),
  ];
}

/** Whether the daemon's plan is that of a gateway, and not of the next one. */
function isRunning(daemon: PlanSource["daemon"]): boolean {
  switch (daemon?.phase) {
    case "starting":
    case "warming":
    case "ready":
    case "stopping":
    case "collecting":
      return true;
    case "stopped":
    case "backoff":
    case "failed":
    case undefined:
      return false;
  }
}

function whose({ daemon, unknown }: PlanSource): readonly string[] {
  const title = daemon === null
    ? "No daemon is running. This is what the next start would get."
    : isRunning(daemon)
    ? `The plan of the running gateway, generation ${daemon.generation}, which is ${daemon.phase}.`
    : `No gateway is running (${daemon.phase}). This is what the daemon would start next.`;
  return [title, ...unknown].flatMap((line) => wrapped(line, WIDTH));
}

function readBack({ memory, daemon }: PlanSource): readonly string[] {
  const flags = daemon?.flags ?? null;
  if (flags === null) return [];
  const others = differences(memory.plan, flags);
  if (others.length > 0) {
    return [
      "",
      "Not as planned",
      ...others.map((each) => `  ${describeDifference(each)}`),
    ];
  }
  const isKnown = Object.values(flags).some((bytes) => bytes !== null);
  return ["", isKnown ? "The JVM confirms these sizes." : "The JVM does not tell which sizes it took."];
}
