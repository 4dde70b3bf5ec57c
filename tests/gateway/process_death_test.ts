import assert from "node:assert/strict";
import { join } from "@std/path";
import { classifyDeath } from "../../src/core/diagnosis/exit_cause.ts";
import type { ExitStatus, Verdict } from "../../src/core/verdict.ts";
import { GatewayProcess } from "../../src/gateway/process.ts";
import type { ChildSpec } from "../../src/ports.ts";
import { children } from "../../src/runtime/child.ts";
import { GatewayWorld, LAUNCH } from "../fakes/gateway_world.ts";
import { Inputs } from "../fakes/inputs.ts";

/** The verdict on a start that ends by itself. */
async function verdictOn(world: GatewayWorld): Promise<Verdict> {
  const inputs = new Inputs();
  const gateway = new GatewayProcess(1, { ...world.options, report: inputs.report });
  await gateway.launch(LAUNCH);
  const { exit } = await inputs.first("exited");
  assert.equal(inputs.all.filter(({ kind }) => kind === "exited").length, 1);
  const evidence = await gateway.collect({ exit, intent: null, wasReady: false });
  assert.deepEqual(world.files.tree("/run"), [], "a folder is left");
  assert.deepEqual(world.files.tree("/tmp"), ["/tmp/.keep"], "a temporary folder is left");
  return classifyDeath(evidence);
}

/** The verdict on a launcher that says this on standard error instead of an answer. */
async function ofLauncher(stderr: string, exit: ExitStatus): Promise<Verdict> {
  const world = new GatewayWorld();
  world.launcher.onRun = () => ({ stderr, exit });
  return await verdictOn(world);
}

Deno.test("a launcher without Java is java-missing, with its words as evidence", async () => {
  const words = "rekindle: line 1: /opt/jdk/bin/java: No such file or directory";
  const verdict = await ofLauncher(`${words}\n`, { code: 127, signal: null });
  assert.equal(verdict.class, "java-missing");
  assert.deepEqual(verdict.evidence[0], { source: "stderr", line: 1, text: words });
});

Deno.test("a launcher that refuses a setting is bad-spark-config", async () => {
  const verdict = await ofLauncher("Error: Unrecognized option: --nonsense\n", { code: 1, signal: null });
  assert.equal(verdict.class, "bad-spark-config");
});

/** Lets the real system refuse to start this program. */
async function ofSpawn(program: string): Promise<Verdict> {
  const world = new GatewayWorld();
  world.launcher.onSpawn = (spec: ChildSpec) => children.spawn({ ...spec, program, cwd: "/" });
  return await verdictOn(world);
}

Deno.test("a java that is gone since the launcher ran is java-missing, with its path as evidence", async () => {
  const verdict = await ofSpawn("/nonexistent/bin/java");
  assert.equal(verdict.class, "java-missing");
  assert.match(
    verdict.evidence[0]?.text ?? "",
    /^Could not start \/nonexistent\/bin\/java: there is no such/,
  );
});

Deno.test("a java that may not be executed is java-missing", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    await Deno.mkdir(join(folder, "bin"));
    await Deno.writeTextFile(join(folder, "bin/java"), "", { mode: 0o600 });
    const verdict = await ofSpawn(join(folder, "bin/java"));
    assert.equal(verdict.class, "java-missing");
    assert.match(verdict.evidence[0]?.text ?? "", /it is not a program this user may execute/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (
  const [error, expected] of [
    ["No space left on device (os error 28)", "disk-full"],
    ["Permission denied (os error 13)", "permission-denied"],
  ] as const
) {
  Deno.test(`a folder that cannot be made for "${error}" is ${expected}`, async () => {
    const world = new GatewayWorld();
    world.files.disk = (operation, path) => {
      if (operation === "makeTempDir") throw new Error(`${error}: makeTempDir '${path}'`);
    };
    const verdict = await verdictOn(world);
    assert.equal(verdict.class, expected);
    assert.deepEqual(world.launcher.spawned, []);
  });
}

Deno.test("a JVM that dies before the hand-shake is named by its last words", async () => {
  const world = new GatewayWorld();
  const spawn = world.launcher.onSpawn;
  world.launcher.onSpawn = (spec) => {
    const child = spawn(spec);
    world.child.write("stdout", "Error: Could not create the Java Virtual Machine.\n");
    world.child.write("stderr", "Unrecognized VM option 'Nonsense'\n");
    world.child.exit({ code: 1, signal: null });
    return child;
  };
  const verdict = await verdictOn(world);
  assert.equal(verdict.class, "invalid-jvm-option");
  assert.deepEqual(verdict.evidence.map(({ source }) => source), ["stderr", "exit"]);
});
