/**
 * `rekindle doctor`: what is wrong, or will be, before a gateway starts, and what puts it right?
 * @module
 */

import { examineDeep } from "../core/doctor/deep.ts";
import { worstOf } from "../core/doctor/finding.ts";
import type { Finding, Severity } from "../core/doctor/finding.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { examineAll } from "../doctor/checks.ts";
import type { Checked } from "../doctor/checks.ts";
import { lookDeep } from "../doctor/deep.ts";
import { findSurroundings } from "../doctor/surroundings.ts";
import type { Surroundings } from "../doctor/surroundings.ts";
import { redact, redactJson } from "../incident/redaction/redact.ts";
import { printableJson } from "../printable.ts";
import { WIDTH, wrapped } from "./columns.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { stepLine } from "./progress.ts";

/** What is asked. */
export interface DoctorRequest {
  /** Whether a scratch gateway is started as well. */
  readonly deep: boolean;
  readonly json: boolean;
}

/** The command line's way to {@linkcode doctor}. */
export const command: Command = async (call) =>
  await doctor(
    await call.context(),
    { deep: call.own.deep === true, json: call.own.json === true },
    stepLine(call.progress),
  );

/** Examines everything and tells of it; changes nothing. */
export async function doctor(
  context: CommandContext,
  { deep, json }: DoctorRequest,
  progress: (step: string | null) => void,
): Promise<ExitCode> {
  const all: Checked[] = [];
  const tell = (checked: Checked) => {
    all.push(checked);
    if (!json) context.print(redact(`${linesOf(checked).join("\n")}\n`, context.secrets).text);
  };
  progress("looking for Spark and Java");
  const surroundings = await findSurroundings(context);
  progress(null);
  for await (const checked of examineAll(surroundings)) tell(checked);
  if (deep) tell(await lookedDeep(surroundings, progress));
  const findings = all.flatMap((each) => each.findings);
  const exitCode = exitCodeOf(worstOf(findings));
  if (json) {
    const document = { worst: worstOf(findings), exitCode, checks: all };
    context.print(`${printableJson(redactJson(document, context.secrets).value)}\n`);
  } else context.print(`\n${summaryOf(findings, deep)}\n`);
  return exitCode;
}

/** Notes keep nobody from working; a warning is a failure for scripts that want none. */
export function exitCodeOf(worst: Severity | null): ExitCode {
  switch (worst) {
    case "error":
      return EXIT.config;
    case "warning":
      return EXIT.failure;
    case "note":
    case null:
      return EXIT.ok;
  }
}

async function lookedDeep(
  surroundings: Surroundings,
  progress: (step: string | null) => void,
): Promise<Checked> {
  const { spark, java } = surroundings;
  if (spark === null || java === null) {
    return { check: "gateway", seen: "not tried: there is no Spark or no Java", findings: [] };
  }
  const onStep = (name: string) => progress(`a scratch gateway: ${name}`);
  const facts = await lookDeep({ ...surroundings, spark, java, onStep });
  progress(null);
  return { check: "gateway", ...examineDeep(facts) };
}

const LABEL_WIDTH = 10;
const CHECK_WIDTH = 14;

/** A line for what was seen, and for each finding three. */
export function linesOf({ check, seen, findings }: Checked): readonly string[] {
  const label = worstOf(findings) ?? "ok";
  return [
    ...labelled(label.padEnd(LABEL_WIDTH) + check.padEnd(CHECK_WIDTH), seen),
    ...findings.flatMap(({ severity, what, why, fix }) => [
      ...labelled(`  ${severity.padEnd(LABEL_WIDTH - 2)}`, `${what.replace(/\.+$/, "")}.`),
      ...labelled("    why    ", why),
      ...labelled("    fix    ", fix),
    ]),
  ];
}

function labelled(label: string, text: string): readonly string[] {
  const lines = wrapped(text, WIDTH - label.length);
  return lines.map((line, at) => `${at === 0 ? label : " ".repeat(label.length)}${line}`);
}

function summaryOf(findings: readonly Finding[], deep: boolean): string {
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length;
  const told = (["error", "warning", "note"] as const).flatMap((severity) => {
    const number = count(severity);
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? "" : "s"}`];
  });
  const rest = deep
    ? ""
    : ' Half of all bad settings show only when the first context is made: "rekindle doctor --deep" makes one.';
  return `${told.length === 0 ? "Nothing is wrong." : `${told.join(", ")}.`}${rest}`;
}
