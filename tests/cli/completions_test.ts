import assert from "node:assert/strict";
import { bashCompletion } from "../../src/cli/completion/bash.ts";
import { fishCompletion } from "../../src/cli/completion/fish.ts";
import { offeredCommands } from "../../src/cli/completion/offer.ts";
import { zshCompletion } from "../../src/cli/completion/zsh.ts";
import { commandNames } from "../../src/cli/commands.ts";

/** A command line whose last word is unfinished, what a shell offers for it, and what not. */
const CASES: readonly (readonly [line: string, offered: readonly string[], not: readonly string[]])[] = [
  ["rekindle ", commandNames(), ["--heap"]],
  ["rekindle stat", ["status"], ["stop"]],
  ["rekindle run --mem", ["--memory-limit", "--memory-mode"], ["--heap"]],
  ["rekindle run --memory-mode ", ["adjust", "suggest", "off"], ["--heap"]],
  ["rekindle run --memory-mode s", ["suggest"], ["adjust"]],
  ["rekindle status --", ["--json", "--state-dir"], ["--heap", "--retries"]],
  ["rekindle incidents ", ["list", "show", "bundle", "rm"], ["status"]],
  ["rekindle completions ", ["bash", "zsh", "fish"], ["status"]],
  ["rekindle help ex", ["exec", "explain"], ["run"]],
  ["rekindle explain wanted", ["wanted.log"], ["status"]],
  ["rekindle incidents bundle last -o wanted", ["wanted.log"], []],
  ["rekindle run --state-dir wanted_f", ["wanted_folder"], ["wanted.log"]],
  ["rekindle exec -- tru", ["true", "truncate"], ["--retries"]],
  ["rekindle exec -- cat wanted", ["wanted.log"], []],
];

interface Shell {
  readonly name: string;
  readonly quiet: readonly string[];
  readonly script: string;
  /** Prints what is offered for each line, a word a line, with a line of `==` after each. `$SCRIPT` is the completion. */
  readonly ask: (lines: readonly string[]) => string;
}

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    quiet: ["--norc", "--noprofile"],
    script: bashCompletion(offeredCommands()),
    // What readline would do, with the words it would make; compopt speaks to readline alone.
    ask: (lines) =>
      [
        'compopt() { :; }; source "$SCRIPT"',
        'offered() { COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _rekindle; }',
        ...lines.map((line) =>
          `offered ${line.split(" ").map((word) => `'${word}'`).join(" ")}
         printf '%s\\n' "\${COMPREPLY[@]}" ==`
        ),
      ].join("\n"),
  },
  {
    name: "fish",
    quiet: ["--no-config"],
    script: fishCompletion(offeredCommands()),
    ask: (lines) =>
      [
        "source $SCRIPT",
        ...lines.map((line) => `complete -C '${line}' | string split -f1 \\t; echo ==`),
      ].join("\n"),
  },
  {
    name: "zsh",
    quiet: ["-f"],
    script: zshCompletion(offeredCommands()),
    // A terminal in which Tab is pressed after each line, and then Ctrl-T, which the shell there takes for "next".
    ask: (lines) =>
      [
        "zmodload zsh/zpty; export ZDOTDIR=$PWD/zsh; zpty shell zsh -i; zpty -r -m shell seen '*READY*'",
        ...lines.map((line) => `zpty -w -n shell '${line}'$'\\t\\x14'; zpty -r -m shell seen '*NEXT*'`),
        "zpty -w -n shell $'\\x19'; while zpty -r shell seen; do :; done; cat offered",
      ].join("\n"),
  },
];

/** zsh hands what it offers to `compadd`; calls that only sort matches are not the last word. */
const ZSHRC = `PS1=READY LISTMAX=9999
autoload -Uz compinit; compinit -D -u
source $SCRIPT
compadd() {
  if [[ \${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]]; then
    local -a hits
    builtin compadd -A hits "$@"
    print -rl -- $hits >> offered
  fi
  builtin compadd "$@"
}
next() { BUFFER=; print '==' >> offered; print NEXT }
leave() { exit }
zle -N next; zle -N leave; bindkey "^T" next; bindkey "^Y" leave
`;

for (const { name, quiet, script, ask } of SHELLS) {
  // Tried by those who have the shell.
  const isThere = (await new Deno.Command("sh", { args: ["-c", `command -v ${name} >&2`] }).output()).success;
  const fn = async () => {
    const folder = await Deno.makeTempDir({ prefix: "completion-" });
    try {
      await Deno.mkdir(`${folder}/wanted_folder`);
      await Deno.mkdir(`${folder}/zsh`);
      await Deno.writeTextFile(`${folder}/zsh/.zshrc`, ZSHRC);
      await Deno.writeTextFile(`${folder}/wanted.log`, "");
      await Deno.writeTextFile(`${folder}/script`, script);
      const { stdout, stderr } = await new Deno.Command(name, {
        args: [...quiet, "-c", ask(CASES.map(([line]) => line))],
        cwd: folder,
        env: { HOME: folder, TERM: "xterm", SCRIPT: `${folder}/script` },
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      const answers = new TextDecoder().decode(stdout).split("==\n");
      for (const [index, [line, offered, not]] of CASES.entries()) {
        // A folder may have its slash, and a flag its sign, or not.
        const words = (answers[index] ?? "").split("\n").map((word) => word.replace(/[/=]$/, ""));
        for (const word of offered) assert.ok(words.includes(word), `${line}: ${word} in ${words}`);
        for (const word of not) assert.ok(!words.includes(word), `${line}: ${word} not in ${words}`);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  Deno.test({ name: `completion in ${name} offers what can follow, and nothing else`, ignore: !isThere, fn });
}
