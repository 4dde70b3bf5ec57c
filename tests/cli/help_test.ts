import assert from "node:assert/strict";
import { readArgs } from "../../src/cli/args.ts";
import { WIDTH } from "../../src/cli/columns.ts";
import { commandNames, GROUPS, specOf, usageOf } from "../../src/cli/commands.ts";
import { helpText } from "../../src/cli/help.ts";
import { helpOf } from "../../src/options.ts";

/** The text with its lines joined, as columns break what is long. */
function unbroken(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

Deno.test("helpText() shows every command under the title of its group", () => {
  const overview = unbroken(helpText(null));
  assert.deepEqual(GROUPS.flatMap(({ commands }) => commands), commandNames());
  for (const { title, commands } of GROUPS) {
    assert.ok(overview.includes(`${title}:`), title);
    for (const name of commands) assert.ok(overview.includes(` ${name} ${specOf(name).summary}`), name);
  }
});

for (const command of commandNames()) {
  Deno.test(`helpText("${command}") shows examples first, then the usage and every option with its help`, () => {
    const spec = specOf(command);
    const text = helpText(command);
    assert.ok(text.endsWith("\n") && text.split("\n").every((line) => line.length <= WIDTH), text);
    const [title, nothing, example] = text.split("\n");
    assert.equal(unbroken(title ?? ""), `rekindle ${command}: ${spec.summary}`);
    assert.equal(nothing, "");
    assert.ok(example?.startsWith(`  ${spec.examples[0]?.[0]}  `), example);
    assert.ok(text.includes(`\n\nUsage: ${usageOf(command)}\n`), text);
    const flat = unbroken(text);
    for (const name of spec.options) assert.ok(flat.includes(helpOf(name)), `${command} --${name}`);
    for (const [name, { help, value, short }] of Object.entries(spec.own)) {
      const letter = short === undefined ? "" : `-${short}, `;
      assert.ok(flat.includes(`${letter}--${name} ${value}`.trimEnd() + ` ${help}`), `${command} --${name}`);
    }
  });

  Deno.test(`${command}: its file can be loaded and exports the command`, async () => {
    assert.equal(typeof (await specOf(command).load()).command, "function");
  });

  Deno.test(`${command}: every example is a command line that is understood`, () => {
    for (const [line] of specOf(command).examples) {
      // What a shell does around it is not its own.
      const words = /\brekindle ([^|<>)&]+)/.exec(line)?.[1];
      assert.ok(words !== undefined, line);
      assert.equal(readArgs(words.trim().split(" ")).command, command, line);
    }
  });
}
