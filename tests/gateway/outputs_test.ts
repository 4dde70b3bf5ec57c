import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { GatewayOutputs } from "../../src/gateway/outputs.ts";
import { Inputs } from "../fakes/inputs.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedChild } from "../fakes/scripted_child.ts";

const DIED = 'Exception in thread "Thread-7" java.lang.OutOfMemoryError: Java heap space';

/** The outputs of generation 3, whose process runs. */
function draining() {
  const files = new MemoryFiles({ "/log/.keep": "" });
  const child = new ScriptedChild();
  const inputs = new Inputs();
  const outputs = new GatewayOutputs(3, inputs.report);
  outputs.drain(child, "/log", files);
  return { files, child, inputs, outputs };
}

Deno.test("GatewayOutputs keeps both outputs apart, in memory and in the logs", async () => {
  const { files, child, outputs } = draining();
  child.write("stdout", "out 1\nou");
  child.write("stderr", "err 1\n");
  child.write("stdout", "t 2");
  child.closeOutputs();
  await outputs.drained;
  assert.deepEqual(outputs.lines, {
    stdout: [{ number: 1, text: "out 1" }, { number: 2, text: "out 2" }],
    stderr: [{ number: 1, text: "err 1" }],
  });
  assert.equal(files.text("/log/gateway.stdout.log"), "out 1\nout 2");
  assert.equal(files.text("/log/gateway.stderr.log"), "err 1\n");
  assert.equal(outputs.lostBytes, 0);
});

Deno.test("GatewayOutputs reports what a line means at once, with its place and generation", async () => {
  const { child, inputs, outputs } = draining();
  child.write("stdout", "nothing\n:: resolving dependencies ::\n");
  assert.deepEqual(await inputs.first("progress"), { kind: "progress", generation: 3 });
  child.write("stderr", `nothing\n${DIED}\n`);
  assert.deepEqual(await inputs.first("survived"), {
    kind: "survived",
    generation: 3,
    line: { source: "stderr", line: 2, text: DIED },
  });
  child.closeOutputs();
  await outputs.drained;
  assert.deepEqual(inputs.kinds, ["progress", "survived"]);
});

Deno.test("GatewayOutputs is drained when both outputs have ended and are in the logs", async () => {
  const { files, child, outputs } = draining();
  const disk = Promise.withResolvers<void>();
  files.disk = (operation) => operation === "write" ? disk.promise : undefined;
  let drained = false;
  const ending = outputs.drained.then(() => drained = true);
  child.write("stderr", "last words\n");
  child.closeOutputs();
  for (let turns = 0; outputs.lines.stderr.length === 0; turns++) {
    assert.ok(turns < 1_000, "the line did not come");
    await setImmediate();
  }
  assert.equal(drained, false);
  disk.resolve();
  await ending;
  assert.equal(files.text("/log/gateway.stderr.log"), "last words\n");
});

Deno.test("GatewayOutputs counts what no log took, and keeps its lines all the same", async () => {
  const { files, child, outputs } = draining();
  files.disk = (operation) => {
    if (operation === "append") throw new Error("No space left on device");
  };
  child.write("stdout", "12345\n");
  child.write("stderr", "123\n");
  child.closeOutputs();
  await outputs.drained;
  assert.equal(outputs.lostBytes, 10);
  assert.deepEqual(outputs.lines.stdout, [{ number: 1, text: "12345" }]);
});

Deno.test("GatewayOutputs takes words for a process that never was, whole lines or not", async () => {
  const inputs = new Inputs();
  const outputs = new GatewayOutputs(3, inputs.report);
  assert.deepEqual([outputs.lines, outputs.lostBytes], [{ stdout: [], stderr: [] }, 0]);
  outputs.tell("one\nand a half");
  await outputs.drained;
  assert.deepEqual(outputs.lines, {
    stdout: [],
    stderr: [{ number: 1, text: "one" }, { number: 2, text: "and a half" }],
  });
  assert.deepEqual(inputs.all, []);
});
