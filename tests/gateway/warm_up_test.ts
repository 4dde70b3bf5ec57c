import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { warmUp, WarmUpError, type WarmUpOptions } from "../../src/gateway/warm_up.ts";
import { files } from "../../src/runtime/files.ts";
import { dialer } from "../../src/runtime/net.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { WarmableSpark } from "../fakes/warmable_spark.ts";

const STEPS =
  "connect look session sql show rows frame arrow parquet pairs ui workers python window explode stop check gc"
    .split(
      " ",
    );

interface Scene extends AsyncDisposable {
  readonly spark: WarmableSpark;
  readonly clock: ManualClock;
  readonly folder: string;
  readonly options: WarmUpOptions;
}

async function scene(signal = new AbortController().signal): Promise<Scene> {
  const folder = await Deno.makeTempDir();
  for (const name of ["scratch", "cwd"]) await Deno.mkdir(join(folder, name));
  const spark = new WarmableSpark();
  const clock = new ManualClock();
  return {
    spark,
    clock,
    folder,
    options: {
      ...{ dialer, files, clock, signal, port: spark.port, secret: spark.secret },
      ...{ scratch: join(folder, "scratch"), cwd: join(folder, "cwd") },
      worker: { path: "/venv/bin/python", version: "3.11" },
    },
    async [Symbol.asyncDispose]() {
      await spark[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Fails at that step, with that in its message, whatever was thrown. */
async function failsAt(step: string, pattern: RegExp, options: WarmUpOptions): Promise<void> {
  await rejects(warmUp(options), (error: Error) => {
    ok(error instanceof WarmUpError, String(error));
    deepStrictEqual([error.step, pattern.test(error.message)], [step, true], error.message);
    return true;
  });
}

Deno.test("warmUp() takes its steps in order, times each, releases all objects and removes its folder", async () => {
  for (const classic of [false, true]) {
    await using it = await scene();
    it.spark.classic = classic;
    const told: string[] = [];
    const steps = await warmUp({ ...it.options, onStep: ({ name }) => told.push(name) });
    deepStrictEqual(steps.map(({ name, ms }) => [name, ms]), STEPS.map((name) => [name, 0]));
    deepStrictEqual(told, STEPS);
    strictEqual(it.spark.objectCount, 0);
    deepStrictEqual(await files.list(it.options.scratch), []);
    deepStrictEqual(it.clock.pendingMs, []);
    await it.spark.allClosed();
  }
});

Deno.test("warmUp() has a session of its own, with none of the user's settings and its warehouse in its folder", async () => {
  await using it = await scene();
  await warmUp(it.options);
  ok(it.spark.commands.includes("i org.apache.spark.SparkConf bfalse"));
  const settings = it.spark.commands.flatMap((line) =>
    /^c o\d+ set s(\S+) s(.*)$/.exec(line)?.slice(1) ?? []
  );
  match(settings.join(" "), /spark\.master local\[2\] spark\.ui\.enabled false/);
  ok(settings.some((text) => text.startsWith(join(it.folder, "scratch/warm-up-"))));
});

Deno.test("warmUp() stops its session, then clears what outlives one", async () => {
  for (const classic of [false, true]) {
    await using it = await scene();
    it.spark.classic = classic;
    await warmUp(it.options);
    const name = classic ? "org.apache.spark.sql.classic.SparkSession" : "org.apache.spark.sql.SparkSession";
    const from = it.spark.commands.findLastIndex((line) => / stop$/.test(line));
    const calls = it.spark.commands.slice(from).filter((line) => line.startsWith("c "));
    deepStrictEqual(calls.slice(0, 5).map((line) => line.replace(/o\d+/, "o")), [
      "c o stop",
      `c z:${name} clearActiveSession`,
      `c z:${name} clearDefaultSession`,
      "c o clearLocalRootDirs",
      "c z:org.apache.hadoop.fs.FileSystem closeAll",
    ]);
  }
});

Deno.test("warmUp() rejects with the step that Java refuses, and its words", async () => {
  const refusals = {
    session: "i org.apache.spark.api.java.JavaSparkContext",
    show: "showString",
    rows: "applySchemaToPythonRDD",
    arrow: "collectAsArrowToPython",
    parquet: "parquet",
    pairs: "partitionBy",
    stop: "clearActiveSession",
  };
  for (const [step, command] of Object.entries(refusals)) {
    await using it = await scene();
    it.spark.refuse = (line) => line.includes(command);
    await failsAt(step, /refused for the test/, it.options);
    deepStrictEqual(await files.list(it.options.scratch), []);
    deepStrictEqual(it.clock.pendingMs, []);
    await it.spark.allClosed();
  }
});

Deno.test("warmUp() leaves out a job for which this Spark has no method, and nothing but a job", async () => {
  await using it = await scene();
  it.spark.refusal = "py4j.Py4JException: Method startJettyServer([class java.lang.String]) does not exist";
  it.spark.refuse = (line) => line.includes("startJettyServer");
  const steps = await warmUp(it.options);
  deepStrictEqual(steps.filter(({ missing }) => missing !== null).map(({ name }) => name), ["ui"]);
  strictEqual(steps.find(({ name }) => name === "ui")?.missing, it.spark.refusal);
  strictEqual(it.spark.objectCount, 0);
  await using other = await scene();
  other.spark.refusal = it.spark.refusal;
  other.spark.refuse = (line) => line.endsWith(" stop");
  // The server of the UI has a method of that name too, but is a job's.
  await failsAt("stop", /does not exist/, other.options);
});

Deno.test("warmUp() goes on without Python's workers where there are none, or they fail", async () => {
  for (const worker of [null, { path: "/venv/bin/python", version: "3.11" }]) {
    await using it = await scene();
    it.spark.refusal = "org.apache.spark.SparkException: Cannot run program";
    it.spark.refuse = (command) =>
      / collectAndServe /.test(command) &&
      it.spark.commands.some((line) => line.includes("SimplePythonFunction"));
    const steps = await warmUp({ ...it.options, worker });
    deepStrictEqual(steps.map(({ name }) => name), STEPS);
    const left = steps.flatMap(({ name, missing }) => missing === null ? [] : [[name, missing]]);
    deepStrictEqual(left, [["python", worker === null ? "there is no Python for them" : it.spark.refusal]]);
    strictEqual(it.spark.objectCount, 0);
  }
});

Deno.test("warmUp() makes a UDF with what its constructor takes, in this Spark", async () => {
  for (const older of [true, false]) {
    await using it = await scene();
    it.spark.refusal = "py4j.Py4JException: Constructor of that kind does not exist";
    it.spark.refuse = (command) => !older && /UserDefinedPythonFunction .*btrue$/.test(command);
    const steps = await warmUp(it.options);
    deepStrictEqual(steps.filter(({ missing }) => missing !== null), []);
    const made = it.spark.commands.filter((line) => line.includes("UserDefinedPythonFunction sneg"));
    deepStrictEqual(
      made.map((line) => / i100 btrue(?: r\S+ r\S+)?$/.exec(line)?.[0].split(" ").length),
      older ? [3] : [3, 5],
    );
  }
});

Deno.test("warmUp() rejects when results are served in another way, to another secret, or fail while served", async () => {
  await using strange = await scene();
  strange.spark.offer = ["s/run/socket", "n"];
  await failsAt("sql", /not known here/, strange.options);
  await using refusing = await scene();
  refusing.spark.acceptsSecret = false;
  await failsAt("sql", /refused the secret/, refusing.options);
  await using failing = await scene();
  failing.spark.refuse = (line) => line.endsWith(" getResult");
  await failsAt("sql", /refused for the test/, failing.options);
});

Deno.test("warmUp() gives a step its time and no more, whether the call or what is served hangs", async () => {
  for (const hang of ["showString", "served"]) {
    await using it = await scene();
    if (hang === "served") it.spark.servesForEver = true;
    else it.spark.hangAt = (line) => line.includes(hang);
    const step = hang === "served" ? "sql" : "show";
    const failed = failsAt(step, /it had not ended after 60 s/, it.options);
    await it.spark.hung;
    await it.clock.advance(60_000);
    await failed;
    deepStrictEqual(await files.list(it.options.scratch), []);
    deepStrictEqual(it.clock.pendingMs, []);
  }
});

Deno.test("warmUp() given up rejects with the signal's reason and leaves no folder", async () => {
  const reason = new Error("no longer wanted");
  await using before = await scene(AbortSignal.abort(reason));
  await rejects(warmUp(before.options), reason);
  strictEqual(before.spark.commands.length, 0);
  const end = new AbortController();
  await using it = await scene(end.signal);
  it.spark.hangAt = (line) => line.includes("showString");
  const given = rejects(warmUp(it.options), reason);
  await it.spark.hung;
  end.abort(reason);
  await given;
  deepStrictEqual(await files.list(it.options.scratch), []);
});

Deno.test("warmUp() rejects when it finds something left of itself, and names settings without their values", async () => {
  const changes: readonly (readonly [(spark: WarmableSpark, cwd: string) => void, RegExp])[] = [
    [(spark) => spark.left.add("getActive"), /left a context$/],
    [(spark) => spark.left.add("getActiveSession"), /left an active session$/],
    [(spark) => spark.left.add("getDefaultSession"), /left a default session$/],
    [
      (spark) => spark.settings = ["spark.a=1\\nspark.b=2", "spark.a=hush\\nspark.b=2\\nspark.c=3"],
      /left the setting spark\.a, the setting spark\.c$/,
    ],
    [(spark) => spark.levels = ["WARN", "INFO"], /left the log level INFO for WARN$/],
    [
      (spark, cwd) => spark.atStop = () => Deno.mkdirSync(join(cwd, "spark-warehouse")),
      /left spark-warehouse in/,
    ],
  ];
  for (const [change, pattern] of changes) {
    await using it = await scene();
    change(it.spark, it.options.cwd);
    await failsAt("check", pattern, it.options);
  }
});

Deno.test("warmUp() does not take what others make in the working folder for its own, nor needs Log4j 2", async () => {
  await using it = await scene();
  it.spark.refuse = (line) => line.includes("LogManager");
  it.spark.atStop = () => Deno.mkdirSync(join(it.options.cwd, "data"));
  await warmUp(it.options);
});
