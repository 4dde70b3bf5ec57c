/**
 * Writes the documentation's tables of commands, settings and exit codes anew, from the tables that the program itself
 * goes by:
 *   ./denow task readme
 * @module
 */

import { dirname, join, relative } from "@std/path";
import { EXIT, EXIT_MEANING } from "../src/errors.ts";
import { COMMANDS, GROUPS, specOf, usageOf } from "../src/cli/commands.ts";
import { optionNames, OPTIONS } from "../src/options.ts";
import type { OptionSpec } from "../src/options.ts";

/** The pages that have a table, by path, and which. */
export const TABLED: Readonly<Record<string, readonly TableName[]>> = {
  "README.md": ["commands"],
  "docs/CONFIGURATION.md": ["settings", "exit codes"],
};

type TableName = "commands" | "settings" | "exit codes";

/** A page, with its tables as they have to be. @param path One of {@linkcode TABLED}. */
export function withTables(path: string, page: string): string {
  return (TABLED[path] ?? []).reduce((text, name) => {
    const begin = `<!-- ${name}: written by "./denow task readme" -->\n`;
    const end = `<!-- end of ${name} -->`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${path} has no place for the table of ${name}.`);
    const table = tableOf(name, dirname(path)).join("\n");
    return `${text.slice(0, from)}${begin}\n${table}\n\n${text.slice(to)}`;
  }, page);
}

function tableOf(name: TableName, folder: string): readonly string[] {
  switch (name) {
    case "commands":
      return commandTable(folder);
    case "settings":
      return settingTable(folder);
    case "exit codes":
      return exitTable();
  }
}

function commandTable(folder: string): readonly string[] {
  const names = GROUPS.flatMap(({ commands }) => commands);
  return [
    "| command | does |",
    "|---|---|",
    ...names.map((name) =>
      row([
        code(usageOf(name).replace(/^rekindle /, "")),
        linked(COMMANDS[name].summary, specOf(name), folder),
      ])
    ),
  ];
}

function settingTable(folder: string): readonly string[] {
  return [
    "| setting | default | |",
    "|---|---|---|",
    ...optionNames().map((name) => {
      const spec: OptionSpec = OPTIONS[name];
      const { value, unset = "", short } = spec;
      const flag = `--${name} ${value}`.trimEnd();
      // A value is one word; what is not one describes the default.
      const shown = unset === "" || /\s/.test(unset) ? unset : code(unset);
      return row([
        short === undefined ? code(flag) : `${code(flag)}, ${code(`-${short}`)}`,
        shown,
        linked(spec.help, spec, folder),
      ]);
    }),
  ];
}

function exitTable(): readonly string[] {
  const meanings: Readonly<Record<string, string>> = EXIT_MEANING;
  return [
    "| code | means |",
    "|---|---|",
    ...Object.entries(EXIT).map(([name, exitCode]) => row([String(exitCode), meanings[name] ?? ""])),
  ];
}

/** @param folder The one of the page that the link stands on. */
function linked(text: string, { page }: { readonly page?: string }, folder: string): string {
  if (page === undefined) return text;
  const name = page.replace(/#.*$/, "").replace(/^\.\.\//, "");
  return `${text}; see [${name}](${relative(folder, join("docs", page))})`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll("|  |", "| |");
}

if (import.meta.main) {
  for (const path of Object.keys(TABLED)) {
    const file = new URL(`../${path}`, import.meta.url);
    await Deno.writeTextFile(file, withTables(path, await Deno.readTextFile(file)));
  }
}
