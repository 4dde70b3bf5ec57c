import assert from "node:assert/strict";
import { resolveSettings } from "../../src/config.ts";
import type { RawSettings } from "../../src/config.ts";
import { RELOADABLE, reloaded } from "../../src/config/reload.ts";
import { optionNames } from "../../src/options.ts";
import { VALID } from "./valid.ts";

function fromFile(raw: RawSettings) {
  return resolveSettings([["file", raw]]);
}

Deno.test("reloaded() takes up what can change and leaves the rest for a restart, setting by setting", () => {
  const running = fromFile({});
  for (const name of optionNames()) {
    if (name === "config") continue;
    const [text] = VALID[name];
    const read = fromFile({ [name]: name === "conf" ? [text] : text });
    const { settings, changes, pending } = reloaded(running, read);
    if (RELOADABLE.includes(name)) {
      assert.deepEqual(settings, read, name);
      assert.ok(changes.some((change) => change.startsWith(`${name}: `)), name);
      assert.deepEqual(pending, [], name);
    } else {
      assert.deepEqual(settings, running, name);
      assert.ok(pending.includes(name), name);
      assert.deepEqual(changes, [], name);
    }
  }
});

Deno.test("reloaded() says what changed, goes back to defaults, and repeats what still waits", () => {
  const first = reloaded(fromFile({}), fromFile({ "restart": "never", "heap": "2g" }));
  assert.deepEqual(first.changes, ["restart: always → never"]);
  assert.deepEqual(first.pending, ["heap"]);
  const again = reloaded(first.settings, fromFile({ "heap": "2g" }));
  assert.deepEqual(again.changes, ["restart: never → always"]);
  assert.deepEqual(again.pending, ["heap"]);
  assert.deepEqual(again.settings, fromFile({}));
});
