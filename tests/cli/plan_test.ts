import assert from "node:assert/strict";
import { readArgs } from "../../src/cli/args.ts";
import { WIDTH } from "../../src/cli/columns.ts";
import { plan, readPlanRequest } from "../../src/cli/plan.ts";
import { resolveSettings } from "../../src/config.ts";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import { sizesOf } from "../../src/core/memory/record.ts";
import type { MemoryRecord } from "../../src/core/memory/record.ts";
import { renderMemoryRecord } from "../../src/core/memory/record_text.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import { MEMORY } from "../fakes/gateway_world.ts";
import { planIn, ScriptedDaemon, Surroundings } from "./scripted_daemon.ts";

const FILE = "/state/memory-plan.json";
const AT = Date.UTC(2025, 11, 30, 5, 6);

/** What a day of troubles has left. */
const LEARNED: MemoryRecord = {
  ...MEMORY.record,
  sizes: { heap: { bytes: 2 * GIB, provenance: "adjusted", why: "the last one ran out of heap" } },
  steps: [{
    ...{ atMs: AT, generation: 7, cause: "heap-oom", region: "heap" },
    ...{ fromBytes: GIB, toBytes: 2 * GIB, fillMs: null },
  }],
  bounds: { heap: { tooSmallBytes: GIB, tooLargeBytes: 4 * GIB, atMs: AT } },
  uses: [{
    ...{ generation: 7, atMs: AT, oldBytes: 900 * MIB, metaspaceBytes: 140 * MIB },
    ...{ besideBytes: null, pythonBytes: 300 * MIB },
  }],
  lastGood: sizesOf(MEMORY.plan),
  calmSinceMs: AT,
  leak: { heapBytes: 4 * GIB, atMs: AT },
  mallocArenas: 2,
};

/** A place without Spark, and what a command line says there. */
class Place extends Surroundings {
  async say(line = "", { colour = false } = {}): Promise<string> {
    const from = this.printed.length;
    const words = line.split(" ").filter((word) => word !== "");
    const invocation = readArgs(["plan", "--state-dir", "/state", ...words]);
    const request = { ...readPlanRequest(invocation), colour };
    assert.equal(await plan(this.context(invocation.settings), request, this.view), EXIT.ok);
    return this.printed.slice(from).join("");
  }
}

Deno.test("plan without a daemon or Spark shows what the next start would get, and what is not known", async () => {
  const place = new Place();
  const told = await place.say("--spark-home /nowhere");
  assert.deepEqual(told.split("\n"), [
    "No daemon is running. This is what the next start would get.",
    "Spark could not be asked (Cannot use --spark-home: there is no Spark in /nowhere): what its own",
    "settings fix, and its master, are not in this plan.",
    "",
    "REGION          SIZE        FLAG                               FROM     WHY",
    "heap            1 GiB       -Xmx1g                             default  Spark's default",
    "direct buffers  256 MiB     -XX:MaxDirectMemorySize=256m       default  a quarter of the heap, at",
    "                                                                        least 256 MiB",
    "metaspace       512 MiB     -XX:MaxMetaspaceSize=512m          default  three times what a long",
    "                                                                        session was measured to use",
    "class space     256 MiB     -XX:CompressedClassSpaceSize=256m  default  half of the metaspace",
    "code cache      240 MiB     -XX:ReservedCodeCacheSize=240m     default  HotSpot's own default",
    "thread stacks   1 MiB each  -Xss1m                             default  HotSpot's own default for a",
    "                                                                        thread",
    "JVM itself      125 MiB     -                                  default  64 MiB and 6 % of the heap",
    "",
    "Budget",
    "  limit      8 GiB     of the machine",
    "  - daemon   96 MiB    what the daemon was measured to hold",
    "  - python   1.2 GiB   a program and 2 workers, at least 15 % of the limit",
    "  - standby  640 MiB   a second gateway waits",
    "  - system   819 MiB   a tenth of the machine, at most 2 GiB",
    "  = JVM      5.28 GiB  what is left for it",
    "  planned    2.14 GiB  the regions together; stacks count 34 MiB in all, the class space is in the",
    "                       metaspace",
    "  slack      3.14 GiB  planned for nobody",
    "",
    "Mode  adjust: sizes move after a memory death, and back after a calm week",
    "",
  ]);
  assert.deepEqual(place.files.tree("/state"), []);
});

Deno.test("plan installs nothing", async () => {
  const provision = () => Promise.reject(new Error("the set-up was called for"));
  const place = new Surroundings();
  const env = { PATH: "/nowhere" };
  const context = place.context({ "state-dir": "/state" }, env);
  const own = { ...context.own, provision };
  await plan({ ...context, own }, { kind: "show", json: false, colour: false }, place.view);
  assert.match(
    place.printed.join("").replaceAll("\n", " "),
    /Spark could not be asked \(Cannot find Spark: neither/,
  );
});

Deno.test("plan tells what was learned", async () => {
  const place = new Place();
  place.files.put(FILE, renderMemoryRecord(LEARNED));
  const told = await place.say("--spark-home /nowhere --memory-mode adjust");
  assert.match(told, /^heap +2 GiB +-Xmx2g +adjusted +the last one ran out of$/m);
  assert.deepEqual(told.slice(told.indexOf("\nChanges")).split("\n"), [
    "",
    "Changes, oldest first",
    "  2025-12-30 05:06Z  generation 7  heap-oom  heap 1 GiB → 2 GiB",
    "",
    "Sizes that failed",
    "  heap  1 GiB was too small, 4 GiB was too large (2025-12-30 05:06Z)",
    "",
    "Leak",
    "  A heap of 4 GiB filled as a leak fills it (2025-12-30 05:06Z): none of that size or larger is",
    "  raised until 2026-01-06 05:06Z.",
    "",
    "Used at most",
    "  GENERATION  LAST SEEN          OLD GENERATION  METASPACE  BESIDE THE HEAP  PYTHON WORKERS",
    "  7           2025-12-30 05:06Z  900 MiB         140 MiB    -                300 MiB",
    "",
    "Mode  adjust, asked for: sizes move after a memory death, and back after a calm week",
    "Malloc  MALLOC_ARENA_MAX=2, unless you have set it yourself",
    "",
  ]);
  assert.equal(place.files.text(FILE), renderMemoryRecord(LEARNED));
});

Deno.test("plan knows of a calm week, as the next start will", async () => {
  const place = new Place();
  const calm: MemoryRecord = {
    ...LEARNED,
    calmSinceMs: AT - 8 * 86_400_000,
    uses: LEARNED.uses.map((use) => ({ ...use, oldBytes: 100 * MIB })),
  };
  place.files.put(FILE, renderMemoryRecord(calm));
  const told = await place.say("--spark-home /nowhere");
  assert.match(told, /^heap +1\.5 GiB +-Xmx1536m +learned +a week passed, and half of$/m);
  assert.equal(place.files.text(FILE), renderMemoryRecord(calm));
});

Deno.test("plan leaves a file alone that it cannot read, and says so", async () => {
  const place = new Place();
  place.files.put(FILE, "{}");
  const told = await place.say("--spark-home /nowhere");
  assert.match(
    told,
    /^What was learned cannot be read \(in \/state\/memory-plan\.json it is not of version 1\): /m,
  );
  assert.deepEqual(place.files.tree("/state"), [FILE]);
});

Deno.test("plan says what to do when the limit is too small", async () => {
  const told = await new Place().say("--spark-home /nowhere --memory-limit 800m");
  assert.match(told, /^ {2}short +449 MiB +the kernel may kill the gateway when it uses all it may$/m);
  assert.match(
    told,
    /^ {2}What to do: raise the limit set by --memory-limit by 449 MiB, or run fewer tasks/m,
  );
});

Deno.test("plan with a daemon shows the plan of the gateway that runs, or of the next one", async () => {
  await using daemon = new ScriptedDaemon();
  const place = new Place();
  await daemon.moveIn(place.files);
  const told = await place.say();
  assert.match(told, /^The plan of the running gateway, generation 1, which is ready\.\n/);
  assert.doesNotMatch(told, /confirms|Not as planned/);
  daemon.plan = planIn("failed");
  assert.match(
    await place.say(),
    /^No gateway is running \(failed\)\. This is what the daemon would start next\.\n/,
  );
});

Deno.test("plan refuses flags that the plan of the running daemon knows nothing of, not what both have from elsewhere", async () => {
  await using daemon = new ScriptedDaemon();
  const place = new Place();
  await daemon.moveIn(place.files);
  for (const line of ["--heap 4g --python /opt/python", "--heap 4g --limit 4g", "--heap 4g --replay"]) {
    await assert.rejects(place.say(line), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Cannot plan with (?:--python, )?--heap: a daemon runs/);
      assert.match(error.hint, /"rekindle check" with (?:it|them)/);
      return true;
    });
  }
  const context = place.context();
  const settings = resolveSettings([["flag", { "state-dir": "/state" }], ["environment", { heap: "4g" }]]);
  const request = { kind: "show", json: false, colour: false } as const;
  assert.equal(await plan({ ...context, settings }, request, place.view), EXIT.ok);
});

Deno.test("plan holds the sizes of a gateway that is ready against the plan", async () => {
  await using daemon = new ScriptedDaemon();
  const place = new Place();
  await daemon.moveIn(place.files);
  const confirmed = { MaxHeapSize: GIB, MaxMetaspaceSize: 512 * MIB };
  for (
    const [flags, says] of [
      [confirmed, /^The JVM confirms these sizes\.$/m],
      [{ MaxHeapSize: null }, /^The JVM does not tell which sizes it took\.$/m],
      [
        { ...confirmed, MaxMetaspaceSize: GIB },
        /^Not as planned\n {2}metaspace: the JVM has 1 GiB \(MaxMetaspaceSize\), the plan says 512 MiB$/m,
      ],
    ] as const
  ) {
    daemon.plan = planIn("ready", { flags });
    assert.match(await place.say(), says);
  }
});

Deno.test("plan names what is fixed, where, and that it stays unless a mode is asked for", async () => {
  await using daemon = new ScriptedDaemon();
  const place = new Place();
  await daemon.moveIn(place.files);
  const { basis, plan: shown } = daemon.plan;
  const pin = { bytes: GIB, by: "SPARK_DRIVER_MEMORY" };
  daemon.plan = {
    ...daemon.plan,
    basis: {
      ...basis,
      pins: { heap: pin, stack: { bytes: 4 * MIB, by: "-Xss in the driver's Java options" } },
    },
    plan: { ...shown, stack: { ...shown.stack, provenance: "pinned", why: "set by -Xss" } },
  };
  const told = await place.say();
  assert.match(told, /^thread stacks +1 MiB each +your own +pinned +set by -Xss$/m);
  assert.match(told, /^ {2}heap +1 GiB +by SPARK_DRIVER_MEMORY, and is replaced: see its row$/m);
  assert.match(told, /^ {2}thread stacks +4 MiB +by -Xss in the driver's Java options$/m);
  assert.match(told, /^ {6}What is fixed moves only when --memory-mode adjust is asked for\.$/m);
});

Deno.test("plan what-if tells each death and the plan that comes of them, and changes nothing", async () => {
  const place = new Place();
  const line = "--spark-home /nowhere --limit 4g --cause heap-oom --cause user-code-error";
  await assert.rejects(place.say(line), /memory settings cure no such death/);
  const told = await place.say(
    "--spark-home /nowhere --limit 4g --cause heap-oom --cause killed-by-oom-killer",
  );
  const from = told.indexOf("With a limit");
  assert.deepEqual(told.slice(from, told.indexOf("REGION", from)).split("\n"), [
    "With a limit of 4 GiB: every size stays.",
    "Death 1, heap-oom: heap 1 GiB → 2 GiB, because the last one ran out of heap.",
    "Death 2, killed-by-oom-killer: heap 2 GiB → 1.56 GiB, because the last one left too little memory",
    "for everything else.",
    "",
    "Then the plan would be (* changed)",
    "",
    "",
  ]);
  assert.match(told, /^\*heap +1\.56 GiB +-Xmx1600m +adjusted/m);
  assert.match(told, /^ +limit +4 GiB +that is supposed$/m);
  assert.match(told, /^MALLOC_ARENA_MAX=2$/m);
  assert.match(told, /Nothing has been changed by asking\.\n$/);
  assert.deepEqual(place.files.tree("/state"), []);
});

Deno.test("plan fits a terminal of 100 columns, and colours only rows that changed", async () => {
  const place = new Place();
  place.files.put(FILE, renderMemoryRecord(LEARNED));
  for (const line of ["", "--limit 2g --cause metaspace-oom", "--replay"]) {
    for (const each of (await place.say(`--spark-home /nowhere ${line}`)).split("\n")) {
      assert.ok(each.length <= WIDTH, each);
    }
  }
  const coloured = await place.say("--spark-home /nowhere --cause stack-overflow", { colour: true });
  const yellow = coloured.split("\n").filter((each) => each.includes("\x1b"));
  assert.ok(
    yellow.length > 0 && yellow.every((each) => each.startsWith("\x1b[33m") && each.endsWith("\x1b[0m")),
  );
  assert.match(yellow[0] ?? "", /\*thread stacks +2 MiB each +-Xss2m /);
});

Deno.test("plan as JSON has everything", async () => {
  await using daemon = new ScriptedDaemon();
  const place = new Place();
  const offline = JSON.parse(await place.say("--spark-home /nowhere --standby 0 --json"));
  assert.deepEqual([offline.of, offline.generation, offline.readBack, offline.unknown.length], [
    "next",
    null,
    null,
    1,
  ]);
  assert.deepEqual(offline.plan, MEMORY.plan);
  assert.equal(offline.flags[0], "-Xmx1g");
  await daemon.moveIn(place.files);
  daemon.plan = planIn("ready", { flags: { MaxHeapSize: 2 * GIB } });
  const running = JSON.parse(await place.say("--json --cause heap-oom"));
  assert.deepEqual([running.of, running.generation, running.mode], ["running", 1, "adjust"]);
  assert.deepEqual(running.readBack.differences, [{
    region: "heap",
    plannedBytes: GIB,
    runningBytes: 2 * GIB,
  }]);
  const { limitBytes, deaths, after, changed } = running.whatIf;
  assert.deepEqual([limitBytes, deaths[0].cause, after.heap.bytes, changed], [null, "heap-oom", 2 * GIB, [
    "heap",
    "direct",
  ]]);
});
