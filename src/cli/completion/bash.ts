/**
 * Completion for bash 4 and later, without the bash-completion package.
 * @module
 */

import type { Choice, OfferedCommand } from "./offer.ts";

/** The script. */
export function bashCompletion(commands: readonly OfferedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return `# Completion of rekindle for bash: source <(rekindle completions bash)
_rekindle_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }
_rekindle_paths() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen "$1" -- "$cur"); }

_rekindle() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at
  COMPREPLY=()
  # bash takes --flag=value apart.
  if [[ $cur == "=" ]]; then cur=
  elif [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if (( COMP_CWORD == 1 )); then _rekindle_words "${names} --help --version"; return; fi
  # Behind a lone -- there are no flags; of exec it is another program's line.
  for (( at = 2; at < COMP_CWORD; at++ )); do
    if [[ \${COMP_WORDS[at]} == -- ]]; then
      if (( at + 1 == COMP_CWORD )); then mapfile -t COMPREPLY < <(compgen -c -- "$cur")
      else _rekindle_paths -f; fi
      return
    fi
  done
  case "\${COMP_WORDS[1]} $prev" in
${valueCases(commands).join("\n")}
  esac
  case "\${COMP_WORDS[1]} $cur" in
${commands.map(flagCase).join("\n")}
${commands.flatMap(operandCase).join("\n")}
  esac
}
complete -F _rekindle rekindle
`;
}

/** Most commands share their settings: one line for each thing to do. */
function valueCases(commands: readonly OfferedCommand[]): readonly string[] {
  const spellings = commands.flatMap(({ name, flags }) =>
    flags.filter(({ value }) => value !== null).flatMap((flag) => [
      { line: `"${name} --${flag.name}"`, action: actionOf(flag.choice) },
      ...(flag.short === null ? [] : [{ line: `"${name} -${flag.short}"`, action: actionOf(flag.choice) }]),
    ])
  );
  const groups = Map.groupBy(spellings, ({ action }) => action);
  return [...groups].map(([action, group]) =>
    `    ${group.map(({ line }) => line).join("|")}) ${action}; return ;;`
  );
}

function flagCase({ name, flags }: OfferedCommand): string {
  return `    "${name} -"*) _rekindle_words "${flags.map((flag) => `--${flag.name}`).join(" ")}" ;;`;
}

function operandCase({ name, operand }: OfferedCommand): readonly string[] {
  return operand === null ? [] : [`    "${name} "*) ${actionOf(operand)} ;;`];
}

function actionOf(choice: Choice): string {
  switch (choice.kind) {
    case "words":
      return `_rekindle_words "${choice.words.join(" ")}"`;
    case "file":
      return "_rekindle_paths -f";
    case "folder":
      return "_rekindle_paths -d";
    case "program":
      return 'mapfile -t COMPREPLY < <(compgen -c -- "$cur")';
    case "unknown":
      return ":";
  }
}
