/**
 * Completion for zsh, by its own `_arguments`.
 * @module
 */

import type { Choice, OfferedCommand, OfferedFlag } from "./offer.ts";

/** The script: to be sourced after `compinit`, or put as `_rekindle` into a folder of `fpath`. */
export function zshCompletion(commands: readonly OfferedCommand[]): string {
  return `#compdef rekindle
# Completion of rekindle for zsh: source <(rekindle completions zsh)
_rekindle() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`).join("\n")}
    )
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [[ $funcstack[1] == _rekindle ]]; then _rekindle "$@"; else compdef _rekindle rekindle; fi
`;
}

function commandCase({ name, flags, operand }: OfferedCommand): string {
  const specs = [...flags.map(flagSpec), ...(operand === null ? [] : operandSpecs(operand))];
  // -S: no flags behind "--"; -A: none behind the first word of another program.
  const isProgram = operand?.kind === "program";
  return `    ${name})\n      _arguments -s -S${isProgram ? " -A '-*'" : ""} \\\n        ${
    specs.join(" \\\n        ")
  } ;;`;
}

function flagSpec({ name, short, help, value, choice, repeats }: OfferedFlag): string {
  const about = `[${escaped(help)}]`;
  const argument = value === null ? "" : `:${escaped(value)}:${actionOf(choice)}`;
  const long = value === null ? `--${name}` : `--${name}=`;
  if (short === null) return quoted(`${repeats ? "*" : ""}${long}${about}${argument}`);
  const letter = value === null ? `-${short}` : `-${short}+`;
  return `${quoted(`(-${short} --${name})`)}{${letter},${long}}${quoted(about + argument)}`;
}

function operandSpecs(choice: Choice): readonly string[] {
  switch (choice.kind) {
    case "program":
      return [quoted("(-)1:program:_command_names -e"), quoted("*::argument:_normal")];
    case "words":
      return [quoted(`1:word:${actionOf(choice)}`)];
    case "file":
    case "folder":
    case "unknown":
      return [quoted(`*:${choice.kind}:${actionOf(choice)}`)];
  }
}

function actionOf(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `(${choice.words.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "program":
      return "_command_names -e";
    case "unknown":
      // A lone space is an action that offers nothing; without one, _arguments takes the value for a switch's.
      return " ";
  }
}

/** What means something to `_arguments` inside brackets. */
function escaped(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
