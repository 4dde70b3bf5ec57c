import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { type Manifest, MANIFEST_FILE, readManifest } from "../../src/incident/manifest.ts";
import { faults, PLATFORMS } from "./deaths.ts";
import { Place } from "./rekindle.ts";

const NAME = "heap.hprof.gz";
const FLAGS = ["--heap-dump", "--heap", "512m", "--restart", "never"];

/** Every incident of a place, oldest first, with its folder. */
async function incidents(place: Place): Promise<readonly { folder: string; manifest: Manifest }[]> {
  const root = join(place.stateDir, "incidents");
  const ids = (await Array.fromAsync(Deno.readDir(root), ({ name }) => name)).sort();
  return await Promise.all(ids.map(async (id) => {
    const manifest = readManifest(JSON.parse(await Deno.readTextFile(join(root, id, MANIFEST_FILE))));
    if (typeof manifest === "string") throw new Error(manifest);
    return { folder: join(root, id), manifest };
  }));
}

function dumpOf({ artifacts }: Manifest) {
  const dump = artifacts?.find(({ name }) => name === NAME);
  ok(dump, "nothing is said of a heap dump");
  return dump;
}

/** What the unpacked dump begins with, and how many bytes it has. Fails when it is not whole. */
async function unpack(path: string): Promise<{ readonly begins: string; readonly bytes: number }> {
  const child = new Deno.Command("gzip", { args: ["-dc", path], stdin: "null", stdout: "piped" }).spawn();
  let begins = "";
  let bytes = 0;
  for await (const chunk of child.stdout) {
    if (bytes === 0) begins = new TextDecoder().decode(chunk.subarray(0, 18));
    bytes += chunk.length;
  }
  strictEqual((await child.status).code, 0);
  return { begins, bytes };
}

async function die(place: Place, flags: readonly string[], kind: string): Promise<void> {
  const { code, stderr } = await place.exec([...flags, "--", ...faults(kind)]);
  ok(code !== 0, stderr);
}

/** Nothing of a dump lies anywhere but in an incident, and nothing runs. */
async function nothingLeft(place: Place): Promise<void> {
  const left = await Array.fromAsync(Deno.readDir(join(place.stateDir, "dumps")), ({ name }) => name);
  deepStrictEqual(left, []);
  strictEqual(place.processes().join("\n"), "");
}

for (const platform of ["old", "newest Java"] as const) {
  const spark = PLATFORMS[platform];
  Deno.test({
    name: `exec --heap-dump keeps one dump a day of a gateway that runs out of heap: ${platform}`,
    ignore: spark === null,
    fn: async () => {
      if (spark === null) throw new Error("No such Java");
      await using place = await Place.make(spark);
      // As a daemon leaves it that is killed while its gateway writes.
      await Deno.mkdir(join(place.stateDir, "dumps/dead"), { recursive: true });
      await Deno.writeTextFile(join(place.stateDir, "dumps/dead/g1.hprof.gz"), "half");
      await die(place, FLAGS, "heap-oom-call");
      const [first] = await incidents(place);
      ok(first);
      strictEqual(first.manifest.verdict.class, "heap-oom");
      const { status, bytes, reason } = dumpOf(first.manifest);
      const stat = await Deno.stat(join(first.folder, NAME));
      deepStrictEqual([status, bytes, reason, stat.mode], ["saved", stat.size, null, 0o100600]);
      const { begins, bytes: unpacked } = await unpack(join(first.folder, NAME));
      strictEqual(begins, "JAVA PROFILE 1.0.2");
      ok(unpacked > 2 ** 28, `${unpacked} bytes of a heap of 512 MiB`);
      const shown = await place.rekindle(["incidents", "show", "last", "--state-dir", place.stateDir]);
      ok(shown.stdout.includes(`How to read the heap dump\n  ${join(first.folder, NAME)}\n`), shown.stdout);
      const archive = join(place.folder, "x.tgz");
      const words = ["incidents", "bundle", "last", "-o", archive, "--state-dir", place.stateDir];
      match((await place.rekindle(words)).stdout, /left out heap\.hprof\.gz: it holds the program's data/);
      await nothingLeft(place);

      await die(place, FLAGS, "heap-oom-call");
      const [, second] = await incidents(place);
      ok(second);
      const again = dumpOf(second.manifest);
      const why = `one of the same cause and day is kept in ${first.manifest.id}`;
      deepStrictEqual([again.status, again.reason], ["skipped", why]);
      ok(!(await Deno.readTextFile(join(second.folder, "command.txt"))).includes("HeapDump"));
      await nothingLeft(place);
    },
  });
}

const { old } = PLATFORMS;
if (old === null) throw new Error("No PySpark to test on");

Deno.test("exec --heap-dump asks a gateway in a spiral for its heap before it ends it", async () => {
  await using place = await Place.make(old);
  await die(place, FLAGS, "gc-spiral");
  const [incident] = await incidents(place);
  ok(incident);
  strictEqual(incident.manifest.verdict.class, "gc-overhead");
  strictEqual(dumpOf(incident.manifest).status, "saved", JSON.stringify(dumpOf(incident.manifest)));
  strictEqual((await unpack(join(incident.folder, NAME))).begins, "JAVA PROFILE 1.0.2");
  await nothingLeft(place);
});

Deno.test("exec without --heap-dump keeps none and says so, and makes no folder for it", async () => {
  await using place = await Place.make(old);
  await die(place, FLAGS.slice(1), "heap-oom-call");
  const [incident] = await incidents(place);
  ok(incident);
  const { status, reason } = dumpOf(incident.manifest);
  deepStrictEqual([status, reason], ["skipped", "heap dumps are off (--heap-dump)"]);
  ok(!(await Array.fromAsync(Deno.readDir(place.stateDir), ({ name }) => name)).includes("dumps"));
});

Deno.test("exec --heap-dump leaves the user's own options for heap dumps as they are", async () => {
  await using place = await Place.make(old);
  const own = join(place.folder, "mine.hprof");
  const options = `-XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=${own}`;
  await die(place, [...FLAGS, "--conf", `spark.driver.extraJavaOptions=${options}`], "heap-oom-call");
  const [incident] = await incidents(place);
  ok(incident);
  const { status, reason } = dumpOf(incident.manifest);
  deepStrictEqual([status, reason], ["skipped", "the gateway's own Java options decide on its heap dumps"]);
  ok((await Deno.stat(own)).size > 2 ** 28);
  await nothingLeft(place);
});
