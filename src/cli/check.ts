/**
 * `rekindle check`: what do the settings come to, and would a gateway start with them? Starts nothing, changes nothing.
 * @module
 */

import { configSchema } from "../config/schema.ts";
import { ConfigError } from "../config/place.ts";
import { renderPlan } from "../core/memory/plan_flags.ts";
import { EXIT, UserError, UserErrors } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { secretsOfWords } from "../incident/redaction/known_secrets.ts";
import { redact, redactJson } from "../incident/redaction/redact.ts";
import { printable, printableJson } from "../printable.ts";
import { propertyRows } from "./check_properties.ts";
import type { PropertyRow } from "./check_properties.ts";
import { intendedStart } from "./check_start.ts";
import type { IntendedStart } from "./check_start.ts";
import { settingRows } from "./check_settings.ts";
import type { SettingRow } from "./check_settings.ts";
import { columns, WIDTH, wrapped } from "./columns.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { failureOf } from "./failure.ts";
import { budgetPart, regionTable } from "./plan_table.ts";

/** The command line's way to {@linkcode check}. */
export const command: Command = async ({ context, own, print }) => {
  if (own.schema === true) {
    print(`${JSON.stringify(configSchema(), null, 2)}\n`);
    return EXIT.ok;
  }
  if (own.json !== true) return await check(await context(), false);
  try {
    return await check(await context(), true);
  } catch (error) {
    const errors = error instanceof UserErrors ? error.errors : error instanceof UserError ? [error] : null;
    if (errors === null) throw error;
    const { value } = redactJson({ ok: false, problems: errors.map(problemOf) });
    print(`${printableJson(value)}\n`);
    return errors[0]?.exitCode ?? EXIT.config;
  }
};

/** Prints everything; the exit code says whether a gateway could start with it. */
export async function check(context: CommandContext, json: boolean): Promise<ExitCode> {
  const { env, print } = context;
  const rows = settingRows(context);
  const start = await intendedStart(context);
  const properties = await propertyRows(context, start);
  const secrets = [...context.secrets, ...secretsOfWords(start.command?.argv ?? [])];
  const [first, ...more] = start.problems;
  if (json) {
    const { value } = redactJson(documentOf(context, { rows, properties }, start), secrets);
    print(`${printableJson(value)}\n`);
    return first?.exitCode ?? EXIT.ok;
  }
  const lines = [
    ...settingsPart({ ...context, secrets }, rows),
    "",
    ...startPart(start),
    ...propertiesPart(properties, secrets),
  ];
  print(`${lines.map((line) => redact(line, secrets).text).join("\n")}\n`);
  if (first === undefined) {
    if (start.command !== null) print("\nA gateway can be started with this.\n");
    return EXIT.ok;
  }
  print(`\n${failureOf(new UserErrors([first, ...more]), env).text}`);
  return first.exitCode;
}

function documentOf(
  { file }: CommandContext,
  { rows, properties }: { readonly rows: readonly SettingRow[]; readonly properties: readonly PropertyRow[] },
  { installation, memory, command, unknown, problems }: IntendedStart,
): unknown {
  return {
    ok: problems.length === 0,
    file: file?.path ?? null,
    settings: rows,
    properties,
    spark: installation?.spark ?? null,
    java: installation?.java ?? null,
    memory: { plan: memory.plan, flags: renderPlan(memory.plan) },
    command: command?.argv ?? null,
    variables: command?.variables ?? null,
    archive: command?.archive ?? null,
    bytecode: command?.bytecode ?? null,
    unknown,
    problems: problems.map(problemOf),
  };
}

function problemOf(error: UserError): unknown {
  const { message, hint, exitCode } = error;
  const place = error instanceof ConfigError ? { pointer: error.pointer, line: error.line } : {};
  return { message, hint, exitCode, ...place };
}

function settingsPart({ file, secrets }: CommandContext, rows: readonly SettingRow[]): readonly string[] {
  const table = rows.map(({ name, value, origin, by, file: place }) => [
    name,
    value === null ? "-" : redact(String(value), secrets).text,
    by ?? (place === null ? origin : `${place.pointer}${place.line === null ? "" : `, line ${place.line}`}`),
  ]);
  return [
    file === null ? "Settings; no configuration file is named" : `Settings; pointers are into ${file.path}`,
    ...columns([["SETTING", "VALUE", "FROM"], ...table], "  "),
  ];
}

function startPart({ installation, memory, command, unknown }: IntendedStart): readonly string[] {
  const { plan, basis } = memory;
  const { spark, java } = installation ?? {};
  return [
    ...(spark === undefined ? [] : [`Spark ${spark.version} in ${spark.home} (${spark.why})`]),
    ...(java === undefined ? [] : [`Java ${java.version} in ${java.home} (${java.why})`]),
    ...(java?.warning == null ? [] : [`warning: ${java.warning}`]),
    ...unknown.flatMap((line) => wrapped(line, WIDTH)),
    "",
    "Memory",
    ...regionTable(plan).map((line) => `  ${line}`),
    "",
    ...budgetPart(plan, basis.pins),
    ...(command === null ? [] : [
      "",
      `Command (archive: ${command.archive}; bytecode: ${command.bytecode})`,
      // Whole words, one a line: to be copied into a shell.
      ...command.argv.map((word, at) =>
        `  ${at === 0 ? "" : "  "}${quoted(printable(word))}${at < command.argv.length - 1 ? " \\" : ""}`
      ),
      "",
      "Variables that differ from those here",
      ...wrapped(command.variables.join(" "), WIDTH - 2).map((line) => `  ${line}`),
    ]),
  ];
}

function propertiesPart(
  properties: readonly PropertyRow[],
  secrets: readonly string[],
): readonly string[] {
  if (properties.length === 0) return [];
  // A value is a secret by the name before it as well.
  const table = properties.map(({ name, value, by }) => [redact(`${name}=${value}`, secrets).text, by]);
  return ["", "Properties of Spark", ...columns([["PROPERTY", "FROM"], ...table], "  ")];
}

/** As a POSIX shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
