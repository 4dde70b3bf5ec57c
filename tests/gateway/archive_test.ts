import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { ArchiveFolder, type ArchiveRequest } from "../../src/gateway/archive.ts";
import { files } from "../../src/runtime/files.ts";

/** A machine with a Java and a Spark of one jar, and room for archives. */
class World implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly archives = new ArchiveFolder(this.at("state/archive"), files);

  constructor() {
    for (const folder of ["java/lib/server", "spark/jars", "empty"]) {
      Deno.mkdirSync(this.at(folder), { recursive: true });
    }
    this.write("java/release", 'IMPLEMENTOR="One"\nJAVA_VERSION="17.0.15"\n');
    this.write("spark/jars/core.jar", "classes");
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  write(path: string, text: string): void {
    Deno.writeTextFileSync(this.at(path), text);
  }

  request(classPath = `${this.at("spark/jars")}/*`, words: readonly string[] = []): ArchiveRequest {
    const java = {
      home: this.at("java"),
      version: "17.0.15",
      major: 17,
      modules: null,
      why: "",
      warning: null,
    };
    const spark = {
      home: this.at("spark"),
      version: "4.3.0",
      scalaVersion: "2.13",
      python: null,
      why: "",
    };
    return { java, spark, words: ["-cp", classPath, "-Xmx1g", ...words], variableWords: [] };
  }

  async key(request = this.request()): Promise<string> {
    const decision = await this.archives.decide(request);
    return "key" in decision ? decision.key : decision.reason;
  }

  names(): string[] {
    return [...Deno.readDirSync(this.at("state/archive"))].map(({ name }) => name).sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("decide() has one key for one machine, and another for each thing that an archive does not survive", async () => {
  await using world = new World();
  const first = await world.key();
  match(first, /^[0-9a-f]{16}$/);
  strictEqual(await world.key(), first);
  strictEqual(await world.key(world.request(undefined, ["-Xmx2g", "-Dx=1"])), first);
  const { java, spark, ...rest } = world.request();
  const keys = [
    first,
    await world.key({ ...rest, java, spark: { ...spark, version: "4.3.1" } }),
    await world.key(world.request(undefined, ["-XX:+UseZGC"])),
    await world.key({ ...world.request(), variableWords: ["-XX:+UseSerialGC"] }),
    await world.key(world.request(undefined, ["-Xmx40g"])),
    await world.key(world.request(`${world.at("empty")}:${world.at("spark/jars")}/*`)),
    await world.key(world.request(`${world.at("missing.jar")}:${world.at("spark/jars")}/*`)),
  ];
  world.write("java/release", 'IMPLEMENTOR="Another"\nJAVA_VERSION="17.0.15"\n');
  keys.push(await world.key());
  world.write("java/lib/server/libjvm.so", "patched");
  keys.push(await world.key());
  world.write("spark/jars/core.jar", "other classes");
  keys.push(await world.key());
  Deno.utimeSync(world.at("spark/jars/core.jar"), 1, 1);
  keys.push(await world.key());
  world.write("spark/jars/more.jar", "");
  keys.push(await world.key());
  strictEqual(new Set(keys).size, keys.length);
});

Deno.test("decide() has another key in another folder, by whatever name it is reached", async () => {
  await using world = new World();
  const before = await world.key();
  const of = async (path: string) => {
    const decision = await new ArchiveFolder(world.at(path), files).decide(world.request());
    return "key" in decision ? decision.key : null;
  };
  notStrictEqual(await of("moved/archive"), before);
  Deno.mkdirSync(world.at("state/archive"), { recursive: true });
  strictEqual(await world.key(), before);
  Deno.symlinkSync(world.at("state"), world.at("link"));
  strictEqual(await of("link/archive"), before);
});

Deno.test("decide() refuses a class path with a folder that holds something", async () => {
  await using world = new World();
  world.write("empty/log4j2.properties", "");
  const request = world.request(`${world.at("empty")}:${world.at("spark/jars")}/*`);
  deepStrictEqual(await world.archives.decide(request), {
    kind: "none",
    reason: `none, because a folder with files is on the class path (${world.at("empty")})`,
  });
});

Deno.test("a training keeps its archive under its key; the next start uses it until it is dropped", async () => {
  await using world = new World();
  const key = await world.key();
  {
    await using training = await world.archives.beginTraining(key);
    Deno.writeTextFileSync(training?.partialPath ?? "", "archive", { mode: 0o400 });
    await training?.keep();
  }
  deepStrictEqual(world.names(), [`${key}.jsa`, "lock"].sort());
  const use = await world.archives.decide(world.request());
  strictEqual(use.kind === "use" && use.flags[0], `-XX:SharedArchiveFile=${world.archives.pathOf(key)}`);
  world.write(`state/archive/${key}.base`, "base");
  const flags = async (words: readonly string[]) => {
    const decision = await world.archives.decide(world.request(undefined, words));
    return decision.kind === "use" ? decision.flags : [];
  };
  ok((await flags([])).includes("-XX:ArchiveRelocationMode=0"));
  deepStrictEqual((await flags(["-XX:ArchiveRelocationMode=1"])).length, 2);
  await world.archives.drop(key, "it died");
  deepStrictEqual(world.names(), [`${key}.failed`, "lock"].sort());
  strictEqual((await world.archives.decide(world.request())).kind, "none");
});

Deno.test("beginTraining() is one's alone, in every process, and takes away what a killed one left", async () => {
  await using world = new World();
  const other = new ArchiveFolder(world.at("state/archive"), files);
  {
    await using training = await world.archives.beginTraining("one");
    notStrictEqual(training, null);
    strictEqual(await other.beginTraining("one"), null);
    strictEqual(await other.beginTraining("two"), null);
    // Killed now, it would leave this.
    world.write("state/archive/one.partial", "half");
  }
  await using next = await other.beginTraining("two");
  notStrictEqual(next, null);
  deepStrictEqual(world.names(), ["lock"]);
});

Deno.test("a training leaves the newest two archives", async () => {
  await using world = new World();
  for (const key of ["a", "b", "c"]) {
    await using training = await world.archives.beginTraining(key);
    world.write(`state/archive/${key}.partial`, key);
    Deno.utimeSync(training?.partialPath ?? "", key.charCodeAt(0), key.charCodeAt(0));
    await training?.keep();
  }
  deepStrictEqual(world.names(), ["b.jsa", "c.jsa", "lock"]);
});
