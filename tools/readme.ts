/**
 * Writes the README's tables of commands and settings anew, from the tables that the program itself goes by:
 *   ./denow task readme
 * @module
 */

import { EXIT, EXIT_MEANING } from "../src/errors.ts";
import { COMMANDS, GROUPS, specOf, usageOf } from "../src/cli/commands.ts";
import { optionNames, OPTIONS } from "../src/options.ts";
import type { OptionSpec } from "../src/options.ts";

/** The README, with its tables as they have to be. */
export function withTables(readme: string): string {
  return Object.entries({ commands: commandTable(), settings: settingTable(), "exit codes": exitTable() })
    .reduce(
      (text, [name, table]) => {
        const begin = `<!-- ${name}: written by "./denow task readme" -->\n`;
        const end = `<!-- end of ${name} -->`;
        const [from, to] = [text.indexOf(begin), text.indexOf(end)];
        if (from < 0 || to < from) throw new Error(`The README has no place for the table of ${name}.`);
        return `${text.slice(0, from)}${begin}\n${table.join("\n")}\n\n${text.slice(to)}`;
      },
      readme,
    );
}

function commandTable(): readonly string[] {
  const names = GROUPS.flatMap(({ commands }) => commands);
  return [
    "| command | does |",
    "|---|---|",
    ...names.map((name) =>
      row([code(usageOf(name).replace(/^rekindle /, "")), linked(COMMANDS[name].summary, specOf(name))])
    ),
  ];
}

function settingTable(): readonly string[] {
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
        linked(spec.help, spec),
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

function linked(text: string, { section }: { readonly section?: string }): string {
  return section === undefined ? text : `${text}; see [below](#${section})`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll("|  |", "| |");
}

if (import.meta.main) {
  const path = new URL("../README.md", import.meta.url);
  await Deno.writeTextFile(path, withTables(await Deno.readTextFile(path)));
}
