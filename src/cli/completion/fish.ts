/**
 * Completion for fish.
 * @module
 */

import type { Choice, OfferedCommand, OfferedFlag } from "./offer.ts";

/** The script. */
export function fishCompletion(commands: readonly OfferedCommand[]): string {
  return `# Completion of rekindle for fish: rekindle completions fish | source
# Whether the line is one of that command, before a lone --, behind which there is no flag of ours.
function __rekindle_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]; and not contains -- -- $words
end
# Whether no operand has been given yet.
function __rekindle_is_first
    __rekindle_is $argv[1]; and not string match -qv -- '-*' (commandline -opc)[3..]
end
# Whether the line behind a lone -- is another program's.
function __rekindle_is_program
    set -l words (commandline -opc)
    test (count $words) -ge 3; and test $words[2] = $argv[1]; and contains -- -- $words
end
function __rekindle_program
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    set -e words[1..$at]
    complete -C (string join -- ' ' (string escape -- $words) (commandline -ct))
end
complete -c rekindle -f
${commands.flatMap(linesOf).join("\n")}
`;
}

const START = "complete -c rekindle";

function linesOf({ name, summary, flags, operand }: OfferedCommand): readonly string[] {
  return [
    `${START} -n 'test (count (commandline -opc)) -eq 1' -a ${name} -d ${quoted(summary)}`,
    ...flags.map((flag) => flagLine(name, flag)),
    ...(operand === null ? [] : [operandLine(name, operand)]),
  ];
}

function flagLine(command: string, { name, short, help, value, choice }: OfferedFlag): string {
  const letter = short === null ? "" : ` -s ${short}`;
  const takes = value === null ? "" : ` ${actionOf(choice)}`;
  return `${START} -n '__rekindle_is ${command}' -l ${name}${letter}${takes} -d ${quoted(help)}`;
}

function operandLine(command: string, choice: Choice): string {
  switch (choice.kind) {
    case "program":
      // What stands before "--" is rekindle's own.
      return `${START} -n '__rekindle_is_program ${command}' -a '(__rekindle_program)'`;
    case "words":
      return `${START} -n '__rekindle_is_first ${command}' -a ${quoted(choice.words.join(" "))}`;
    case "file":
    case "folder":
    case "unknown":
      return `${START} -n '__rekindle_is ${command}' -F`;
  }
}

/** -x: takes a value, and not a file; -r: takes a value. */
function actionOf(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `-xa ${quoted(choice.words.join(" "))}`;
    case "file":
      return "-rF";
    case "folder":
      return "-xa '(__fish_complete_directories)'";
    case "program":
    case "unknown":
      return "-x";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
