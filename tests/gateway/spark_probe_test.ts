import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Py4jConnectionLost } from "../../src/gateway/py4j_error.ts";
import { SparkProbe } from "../../src/gateway/spark_probe.ts";
import { dialer } from "../../src/runtime/net.ts";
import { type Answers, fieldAnswer, sparkAnswers } from "../fakes/py4j_answers.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";

const signal = new AbortController().signal;
const NOTHING = {
  contextActive: false,
  schedulerAlive: null,
  driverMemory: null,
  uiUrl: null,
  folders: [],
  deadlocked: [],
};
const HEALTHY = {
  contextActive: true,
  schedulerAlive: true,
  driverMemory: null,
  uiUrl: null,
  folders: [],
  deadlocked: [],
};
const BEGIN = [
  "r m org.apache.spark.SparkContext$ MODULE$",
  "c z:java.lang.management.ManagementFactory getThreadMXBean",
];
const SEARCH = ["c o910 getActive", "c o911 isDefined", "m d o911"];
const DEADLOCKS = "c o920 findDeadlockedThreads";
const ACTIVE = ["c o932 isAlive", "c o912 isStopped", DEADLOCKS];

/** A gateway whose Spark can change between two looks. */
class Spark implements AsyncDisposable {
  answers: Answers;
  /** The command that ends the connection instead of being answered. */
  fatal = "";
  readonly server = new FakePy4jServer({
    deliver: (line, request) => {
      const command = request.join(" ");
      if (command === this.fatal) return { pieces: [], close: true };
      return { pieces: [`${this.answers[command] ?? line}\n`] };
    },
  });
  readonly probe: SparkProbe;

  constructor(answers: Answers) {
    this.answers = answers;
    this.probe = new SparkProbe({ dialer, port: this.server.port, secret: this.server.secret });
  }

  /** The commands since last asked, a secret as `A`. */
  commands(): string[] {
    const requests = this.server.requests.splice(0);
    return requests.map((request) => request[0] === "A" ? "A" : request.join(" "));
  }

  /** The objects released since last asked, in order. */
  released(): string[] {
    return this.commands().filter((line) => line.startsWith("m d ")).map((line) => line.slice("m d ".length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.probe.close();
    await this.server[Symbol.asyncDispose]();
  }
}

Deno.test("look() without a context takes four exchanges on its kept connection and leaves no object", async () => {
  await using spark = new Spark(sparkAnswers(null));
  deepStrictEqual(await spark.probe.look(signal), NOTHING);
  deepStrictEqual(spark.commands(), ["A", ...BEGIN, ...SEARCH, DEADLOCKS]);
  deepStrictEqual(await spark.probe.look(signal), NOTHING);
  deepStrictEqual(spark.commands(), [...SEARCH, DEADLOCKS]);
});

Deno.test("look() asks a context for its folders and its scheduler's thread once, then takes three exchanges", async () => {
  const findings = {
    localFolders: ["/a/blockmgr-1", "/b/blockmgr-2"],
    foldersRemovedAtExit: ["/b/z", "/a/s"],
  };
  await using spark = new Spark(sparkAnswers(findings));
  const vitals = { ...HEALTHY, folders: ["/a/blockmgr-1", "/b/blockmgr-2", "/a/s", "/b/z"] };
  deepStrictEqual(await spark.probe.look(signal), vitals);
  const all = "o911 o930 o931 o935 o936 o940 o941 o942 o943 o950 o951";
  strictEqual(spark.released().sort().join(" "), all);
  deepStrictEqual(await spark.probe.look(signal), vitals);
  deepStrictEqual(spark.commands(), ACTIVE);
});

Deno.test("look() finds a scheduler whose thread has ended under a context that was not stopped", async () => {
  await using spark = new Spark(sparkAnswers({ schedulerAlive: false }));
  deepStrictEqual(await spark.probe.look(signal), { ...HEALTHY, schedulerAlive: false });
});

Deno.test("look() tells which driver memory a context asks for", async () => {
  await using spark = new Spark(sparkAnswers({ driverMemory: "4g" }));
  deepStrictEqual(await spark.probe.look(signal), { ...HEALTHY, driverMemory: "4g" });
  deepStrictEqual(await spark.probe.look(signal), { ...HEALTHY, driverMemory: "4g" });
});

Deno.test("look() tells where a context shows its jobs, and takes nothing for an address that is none", async () => {
  for (
    const [said, uiUrl] of [
      ["http://driver.example:4040", "http://driver.example:4040"],
      ["https://[::1]:4440", "https://[::1]:4440"],
      ["", null],
      ["javascript:alert(1)", null],
      ['http://x"onclick="y', null],
    ] as const
  ) {
    await using spark = new Spark(sparkAnswers({ uiUrl: said }));
    deepStrictEqual(await spark.probe.look(signal), { ...HEALTHY, uiUrl });
  }
});

Deno.test("look() does not take a context under way to its stop for one whose scheduler died", async () => {
  await using spark = new Spark(sparkAnswers({}));
  await spark.probe.look(signal);
  spark.answers = sparkAnswers({ stopped: true, schedulerAlive: false });
  deepStrictEqual(await spark.probe.look(signal), NOTHING);
});

Deno.test("look() lets go of a stopped context and finds the next one at once", async () => {
  await using spark = new Spark(sparkAnswers({ localFolders: ["/old"] }));
  await spark.probe.look(signal);
  spark.commands();
  let stopped = false;
  const next = sparkAnswers({ localFolders: ["/new"] });
  spark.answers = new Proxy(next, {
    get: (answers, command) => {
      if (command !== "c o912 isStopped" || stopped) return Reflect.get(answers, command);
      stopped = true;
      return "!ybtrue";
    },
  });
  deepStrictEqual(await spark.probe.look(signal), { ...HEALTHY, folders: ["/new"] });
  deepStrictEqual(spark.released().slice(0, 2), ["o932", "o912"]);
});

Deno.test("look() reports what an unusual Spark does not have as unknown, and asks it once", async () => {
  const path = "o912 _dagScheduler,o930 eventProcessLoop,o931 eventThread,o912 _env,o942 localDirsString";
  for (const at of [...path.split(","), "o950 shutdownDeletePaths"]) {
    const [object = "", field = ""] = at.split(" ");
    for (const answer of ["!yn", "!xsjava.lang.IllegalArgumentException: Cannot locate field"]) {
      const findings = { localFolders: ["/blocks"], foldersRemovedAtExit: ["/rest"] };
      await using spark = new Spark({ ...sparkAnswers(findings), ...fieldAnswer(object, field, answer) });
      const { contextActive, schedulerAlive, folders } = await spark.probe.look(signal);
      const known = { scheduler: true, blocks: true, rest: true };
      if (["_env", "localDirsString"].includes(field)) known.blocks = false;
      else if (field === "shutdownDeletePaths") known.rest = false;
      else known.scheduler = false;
      strictEqual(contextActive, true);
      strictEqual(schedulerAlive, known.scheduler || null, at);
      deepStrictEqual(folders, [...known.blocks ? ["/blocks"] : [], ...known.rest ? ["/rest"] : []], at);
      spark.commands();
      await spark.probe.look(signal);
      deepStrictEqual(spark.commands(), known.scheduler ? ACTIVE : ACTIVE.slice(1));
    }
  }
});

Deno.test("look() names the threads that wait for each other, without those that have ended meanwhile", async () => {
  await using spark = new Spark(sparkAnswers(null, { 31: "worker-2", 32: null, 33: "worker-1" }));
  deepStrictEqual(await spark.probe.look(signal), { ...NOTHING, deadlocked: ["worker-1", "worker-2"] });
  deepStrictEqual(spark.released(), ["o911", "o9733", "o9731", "o960"]);
});

Deno.test("look() knows of no deadlock where an old py4j cannot reach the bean", async () => {
  const refusal = { [DEADLOCKS]: "!xsjava.lang.reflect.InaccessibleObjectException: no" };
  await using spark = new Spark({ ...sparkAnswers({}), ...refusal });
  deepStrictEqual(await spark.probe.look(signal), HEALTHY);
});

Deno.test("look() that fails closes the connection; the next begins afresh and releases what was held", async () => {
  const held = ["o910", "o920", "o912", "o932"];
  const failures = [
    ...BEGIN.map((fatal, count) => ({ fatal, looks: 0, count })),
    ...SEARCH.slice(0, 2).map((fatal) => ({ fatal, looks: 0, count: 2 })),
    ...ACTIVE.map((fatal) => ({ fatal, looks: 1, count: 4 })),
  ];
  for (const { fatal, looks, count } of failures) {
    await using spark = new Spark(sparkAnswers({}));
    for (let look = 0; look < looks; look++) await spark.probe.look(signal);
    spark.fatal = fatal;
    await rejects(spark.probe.look(signal), Py4jConnectionLost, fatal);
    await spark.server.allClosed();
    spark.fatal = "";
    spark.commands();
    deepStrictEqual(await spark.probe.look(signal), HEALTHY);
    const releases = held.slice(0, count).map((id) => `m d ${id}`);
    deepStrictEqual(spark.commands().slice(0, count + 2), ["A", ...releases, BEGIN[0]], fatal);
  }
});

Deno.test("look() rejects rather than call a gateway idle that cannot tell", async () => {
  const thrown = "!xsjava.lang.OutOfMemoryError: Java heap space";
  await using spark = new Spark({ ...sparkAnswers({}), "c o910 getActive": thrown });
  await rejects(spark.probe.look(signal), /OutOfMemoryError/);
  await spark.server.allClosed();
});

Deno.test("look() given up rejects with the signal's reason and closes the connection", async () => {
  await using spark = new Spark(sparkAnswers({}));
  await spark.probe.look(signal);
  const reason = new Error("too late");
  await rejects(spark.probe.look(AbortSignal.abort(reason)), reason);
  await spark.server.allClosed();
});

Deno.test("close() ends the connection, and is harmless before the first look and when repeated", async () => {
  await using spark = new Spark(sparkAnswers(null));
  spark.probe.close();
  await spark.probe.look(signal);
  spark.probe.close();
  spark.probe.close();
  await spark.server.allClosed();
});
