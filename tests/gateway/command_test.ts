import assert from "node:assert/strict";
import { join } from "@std/path";
import { classifyDeath } from "../../src/core/diagnosis/exit_cause.ts";
import { GatewayCommand, launcherCommand, parseLauncherOutput } from "../../src/gateway/command.ts";
import type { CommandOutcome, CommandRequest } from "../../src/gateway/command.ts";
import { OutputTail } from "../../src/gateway/output.ts";
import { children } from "../../src/runtime/child.ts";
import { MemoryFiles } from "../fakes/memory_files.ts";
import { ScriptedLauncher } from "../fakes/scripted_child.ts";
import { REQUEST } from "./command_requests.ts";
import { launcherText, SPARK_3_5, SPARK_4_3, USAGE_ERROR } from "./launcher_outputs.ts";

const UTF8 = new TextEncoder();

for (const { version, env, argv, bytes } of [SPARK_3_5, SPARK_4_3]) {
  Deno.test(`parseLauncherOutput() reads what the launcher of ${version} prints`, () => {
    const answer = parseLauncherOutput(bytes);
    assert.deepEqual(answer?.argv, argv);
    const { SPARK_DRIVER_MEMORY: unset, ...variables } = pairs(env);
    assert.equal(unset, "1048576k");
    assert.deepEqual(answer?.env, variables);
    assert.equal(answer?.env.ODD, "two\nlines=x");
  });
}

Deno.test("parseLauncherOutput() passes over what the shell and the JVM say before they come to the point", () => {
  const { env, argv } = SPARK_3_5;
  const noise = "OpenJDK 64-Bit Server VM warning: sharing is off\n[0.01s][info][gc] Using G1\n";
  const text = `spark-env.sh says hello\n${launcherText({ env, argv, noise })}`;
  assert.deepEqual(parseLauncherOutput(UTF8.encode(text)), parseLauncherOutput(SPARK_3_5.bytes));
});

Deno.test("parseLauncherOutput() keeps empty words, and words with line breaks and other scripts", () => {
  const argv = ["java", "", "\nx", "org.apache.spark.deploy.SparkSubmit", "--name", "Aufräumen\n日本", ""];
  assert.deepEqual(parseLauncherOutput(UTF8.encode(launcherText({ env: [], argv })))?.argv, argv);
});

Deno.test("parseLauncherOutput() keeps a heap of one gibibyte that somebody wrote in their own words", () => {
  const text = launcherText({ env: ["SPARK_DRIVER_MEMORY=1g"], argv: SPARK_3_5.argv });
  assert.equal(parseLauncherOutput(UTF8.encode(text))?.env.SPARK_DRIVER_MEMORY, "1g");
});

Deno.test("parseLauncherOutput() takes nothing else for an answer", () => {
  const whole = new TextDecoder().decode(SPARK_3_5.bytes);
  const { env } = SPARK_3_5;
  for (
    const [what, text] of [
      ["nothing", ""],
      ["junk", "Usage: java [options] <mainclass>\n\0\0\n\0"],
      ["the environment alone", whole.slice(0, whole.indexOf("rekindle-argv"))],
      ["a cut answer", whole.slice(0, -1)],
      ["another class", launcherText({ env, argv: ["java", "-cp", "x", "org.example.Main"] })],
      ["no words", launcherText({ env, argv: [] })],
    ] as const
  ) {
    assert.equal(parseLauncherOutput(UTF8.encode(text)), null, what);
  }
});

Deno.test("launcherCommand() asks for the user's words, conf last so that it wins", () => {
  const { program, args, cwd } = launcherCommand({
    ...REQUEST,
    conf: ["a=b", "spark.ui.showConsoleProgress=true"],
    packages: "g:a:1",
    jars: "x.jar,y.jar",
    env: { PYSPARK_SUBMIT_ARGS: "--driver-memory 3g --name 'two words' pyspark-shell" },
  });
  assert.deepEqual([program, args[0], cwd], ["bash", "-c", "/job"]);
  assert.deepEqual(args.slice(2), [
    "rekindle",
    "org.apache.spark.deploy.SparkSubmit",
    ...["--conf", "spark.ui.showConsoleProgress=false"],
    ...["--driver-memory", "3g", "--name", "two words"],
    ...["--packages", "g:a:1", "--jars", "x.jar,y.jar"],
    ...["--conf", "a=b", "--conf", "spark.ui.showConsoleProgress=true"],
    "pyspark-shell",
  ]);
});

Deno.test("launcherCommand() asks of this Spark and this Java, whatever the environment names", () => {
  const { env } = launcherCommand({ ...REQUEST, env: { SPARK_HOME: "/other", JAVA_HOME: "/other", X: "1" } });
  assert.deepEqual(env, { SPARK_HOME: "/opt/spark", JAVA_HOME: "/opt/jdk", PYTHONHASHSEED: "0", X: "1" });
});

/** Runs the real shell on a Spark whose launcher prints the driver's memory, and whose `spark-env.sh` is given. */
async function asked(sparkEnv: string, env: Record<string, string> = {}): Promise<Record<string, string>> {
  const home = await Deno.makeTempDir({ prefix: "rekindle-test-" });
  try {
    const java = [
      "#!/bin/sh",
      `printf '\\0\\njava\\0-Xmx%s\\0' "\${SPARK_DRIVER_MEMORY:-$SPARK_MEM}"`,
      "shift 3",
      `for word in "$@"; do printf '%s\\0' "$word"; done`,
    ].join("\n");
    await Deno.mkdir(join(home, "bin"));
    await Deno.writeTextFile(join(home, "bin/java"), java, { mode: 0o700 });
    await Deno.writeTextFile(join(home, "bin/load-spark-env.sh"), sparkEnv);
    const spec = launcherCommand({
      ...REQUEST,
      spark: { ...REQUEST.spark, home },
      java: { ...REQUEST.java, home },
      env: { PATH: Deno.env.get("PATH") ?? "", ...env },
      cwd: home,
    });
    const { stdout, stderr, exit } = await children.run(spec, 10_000);
    const answer = parseLauncherOutput(stdout);
    assert.ok(answer !== null, `${exit.code}: ${stderr}`);
    assert.deepEqual(answer.argv.slice(2), [
      "org.apache.spark.launcher.Main",
      ...spec.args.slice(3),
    ]);
    return { heap: answer.argv[1] ?? "", ...answer.env };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("the launcher's shell passes on what spark-env.sh sets, and unset variables as unset", async () => {
  const { heap, SPARK_DRIVER_MEMORY, SPARK_SCALA_VERSION, FROM_FILE } = await asked(
    "export FROM_FILE='a\nb'",
  );
  assert.deepEqual({ heap, SPARK_DRIVER_MEMORY, SPARK_SCALA_VERSION, FROM_FILE }, {
    heap: "-Xmx1048576k",
    SPARK_DRIVER_MEMORY: undefined,
    SPARK_SCALA_VERSION: "2.12",
    FROM_FILE: "a\nb",
  });
});

Deno.test("the launcher's shell leaves spark-env.sh its own default of the driver's memory", async () => {
  const fallback = 'export SPARK_DRIVER_MEMORY="${SPARK_DRIVER_MEMORY:-4g}"';
  assert.equal((await asked(fallback)).heap, "-Xmx4g");
  assert.equal((await asked(fallback, { SPARK_DRIVER_MEMORY: "5g" })).heap, "-Xmx5g");
  assert.equal((await asked("export SPARK_MEM=6g")).heap, "-Xmx6g");
});

/** A command whose launcher can be asked how often it ran. */
function commandOf(files: MemoryFiles, request: Partial<CommandRequest> = {}) {
  const launcher = new ScriptedLauncher();
  launcher.onRun = () => ({ stdout: new TextDecoder().decode(SPARK_3_5.bytes) });
  const command = new GatewayCommand({ ...REQUEST, ...request }, { files, children: launcher });
  return { command, launcher };
}

Deno.test("prepare() asks the launcher again only when a file it reads has changed", async () => {
  const files = new MemoryFiles({
    "/opt/spark/conf/spark-defaults.conf": "",
    "/opt/spark/bin/spark-submit": "",
  });
  const { command, launcher } = commandOf(files);
  const first = await command.prepare();
  assert.equal(await command.prepare(), first);
  files.put("/opt/spark/bin/spark-submit", "changed");
  await command.prepare();
  assert.equal(launcher.ran.length, 1);
  let runs = 1;
  for (const name of ["spark-defaults.conf", "spark-env.sh", "java-opts"]) {
    files.put(`/opt/spark/conf/${name}`, "changed");
    assert.deepEqual(await command.prepare(), first);
    await command.prepare();
    assert.equal(launcher.ran.length, ++runs, name);
  }
  await files.remove("/opt/spark/conf/spark-env.sh");
  await command.prepare();
  assert.equal(launcher.ran.length, ++runs);
  files.put("/opt/spark/jars/spark-core_2.12-3.5.8.jar", "");
  await command.prepare();
  assert.equal(launcher.ran.length, ++runs);
});

Deno.test("prepare() looks for the files where SPARK_CONF_DIR says", async () => {
  for (const [conf, place] of [["/etc/spark", "/etc/spark"], ["", "/opt/spark/conf"]] as const) {
    const files = new MemoryFiles();
    const { command, launcher } = commandOf(files, { env: { SPARK_CONF_DIR: conf } });
    await command.prepare();
    files.put(`${place}/spark-defaults.conf`, "changed");
    await command.prepare();
    assert.equal(launcher.ran.length, 2, place);
  }
});

Deno.test("prepare() keeps no failure: the next start asks again", async () => {
  const { command, launcher } = commandOf(new MemoryFiles());
  const answer = launcher.onRun;
  launcher.onRun = () => ({
    exit: { code: 127, signal: null },
    stderr: "bin/java: No such file or directory",
  });
  assert.deepEqual(await command.prepare(), {
    kind: "failed",
    exit: { code: 127, signal: null },
    stderr: "bin/java: No such file or directory",
  });
  launcher.onRun = answer;
  assert.equal((await command.prepare()).kind, "ready");
});

/** What the verdict on a launcher's failure is. */
function classOf(outcome: CommandOutcome): string {
  assert.ok(outcome.kind === "failed");
  const tail = new OutputTail();
  tail.append(UTF8.encode(outcome.stderr));
  tail.end();
  const oomKills = { group: 0, machine: 0 };
  const { exit } = outcome;
  return classifyDeath({
    exit,
    intent: null,
    wasReady: false,
    stdout: [],
    stderr: tail.lines,
    hsErr: [],
    oomKills,
  })
    .class;
}

Deno.test("prepare() takes settings the launcher refuses for a failure that names them", async () => {
  const { command, launcher } = commandOf(new MemoryFiles());
  launcher.onRun = () => ({
    stdout: new TextDecoder().decode(USAGE_ERROR.bytes),
    stderr: "Error: Unrecognized option: --nonsense\n\n",
  });
  assert.equal(classOf(await command.prepare()), "bad-spark-config");
});

Deno.test("prepare() blames nobody else for a launcher that it ended itself", async () => {
  const { command, launcher } = commandOf(new MemoryFiles());
  launcher.onRun = () => ({ exit: { code: 137, signal: "SIGKILL" }, stderr: "waiting…", timedOut: true });
  const outcome = await command.prepare();
  assert.equal(classOf(outcome), "unknown");
  assert.match(outcome.kind === "failed" ? outcome.stderr : "", /^waiting…\nSpark's launcher did not answer/);
});

Deno.test("prepare() rejects when there is no shell to ask with", async () => {
  const { command, launcher } = commandOf(new MemoryFiles());
  launcher.onRun = () => {
    throw new Error("Could not start bash: there is no such program.");
  };
  await assert.rejects(command.prepare(), /Could not start bash/);
});

function pairs(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  }));
}
