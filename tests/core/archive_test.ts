import { deepStrictEqual, match, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  ADDRESS_BYTES,
  archiveObstacle,
  type ArchiveState,
  archivesToRemove,
  baseAddress,
  decideArchive,
  decisiveWords,
  placesArchives,
  useFlags,
  wordsToShare,
} from "../../src/core/archive.ts";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";

const FREE = { words: ["-cp", "/spark/jars/*", "-Xmx1g", "-XX:+UseG1GC"], javaMajor: 17, folders: [] };
const STATE: ArchiveState = {
  obstacle: null,
  key: "k1",
  path: "/state/archive/k1.jsa",
  bytes: null,
  staysInPlace: false,
  failure: null,
};

const IN_PLACE = ["-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"];

Deno.test("archiveObstacle() is null for the command that Spark's launcher makes", () => {
  strictEqual(archiveObstacle(FREE), null);
  strictEqual(archiveObstacle({ ...FREE, javaMajor: 25 }), null);
});

Deno.test("archiveObstacle() names what stands against an archive", () => {
  const cases: readonly (readonly [Partial<typeof FREE> | { folders: string[] }, RegExp])[] = [
    [{ javaMajor: 11 }, /^Java 11 is older than 17$/],
    [{ words: ["-Xshare:off"] }, /decide on it themselves \(-Xshare:off\)/],
    [{ words: ["-XX:SharedArchiveFile=/my/secret.jsa"] }, /themselves \(-XX:SharedArchiveFile\)/],
    [{ words: ["-XX:ArchiveClassesAtExit=a"] }, /themselves \(-XX:ArchiveClassesAtExit\)/],
    [{ words: ["-XX:+AutoCreateSharedArchive"] }, /themselves/],
    [{ words: ["-XX:AOTCache=a"] }, /themselves \(-XX:AOTCache\)/],
    [{ words: ["-javaagent:jmx.jar=8080"] }, /agent/],
    [{ words: ["-agentlib:jdwp=transport=dt_socket"] }, /agent/],
    [{ folders: ["/etc/spark"] }, /class path \(\/etc\/spark\)$/],
  ];
  for (const [part, pattern] of cases) match(archiveObstacle({ ...FREE, ...part }) ?? "", pattern);
});

Deno.test("decisiveWords() tells apart what HotSpot tells apart, and nothing else", () => {
  const plain = decisiveWords(FREE.words, GIB);
  deepStrictEqual(plain, ["-XX:+UseG1GC", "compressed"]);
  deepStrictEqual(
    decisiveWords([...FREE.words, "-Dx=1", "-Xss4m", "-XX:+ExitOnOutOfMemoryError"], 31 * GIB),
    plain,
  );
  const others = [
    [...FREE.words, "-XX:+UseZGC"],
    [...FREE.words, "-XX:-UseCompressedOops"],
    [...FREE.words, "-XX:ObjectAlignmentInBytes=16"],
    [...FREE.words, "--add-modules=jdk.incubator.vector"],
    [...FREE.words, "--add-modules", "jdk.incubator.vector"],
  ];
  const all = [
    plain,
    decisiveWords(FREE.words, 32 * GIB),
    ...others.map((words) => decisiveWords(words, GIB)),
  ];
  strictEqual(new Set(all.map((words) => words.join(" "))).size, all.length);
  notDeepStrictEqual(decisiveWords(["--add-modules", "a"], GIB), decisiveWords(["--add-modules", "b"], GIB));
});

Deno.test("decideArchive() uses what is there, trains what is not, and lets be what cannot be", () => {
  deepStrictEqual(decideArchive({ ...STATE, bytes: 130 * MIB }), {
    kind: "use",
    key: "k1",
    flags: ["-XX:SharedArchiveFile=/state/archive/k1.jsa", "-Xshare:auto"],
    reason: "in use, 130 MiB",
  });
  const inPlace = decideArchive({ ...STATE, bytes: 130 * MIB, staysInPlace: true });
  deepStrictEqual(inPlace.kind === "use" && inPlace.flags.slice(2), IN_PLACE);
  deepStrictEqual(decideArchive(STATE), {
    kind: "train",
    key: "k1",
    reason: "none yet for this Java and these jars",
  });
  const kinds = [{ obstacle: "of x" }, { obstacle: "of x", bytes: 1 }, { failure: "it died" }, {
    failure: "it died",
    bytes: 1,
  }]
    .map((part) => decideArchive({ ...STATE, ...part }));
  deepStrictEqual(kinds.map(({ kind }) => kind), ["none", "none", "none", "none"]);
  strictEqual(kinds[0]?.reason, "none, because of x");
  strictEqual(kinds[2]?.reason, "none, because the last one was given up: it died");
});

Deno.test("useFlags() never lets a JVM die of an archive that does not fit", () => {
  const flags = ["-XX:SharedArchiveFile=/a.jsa", "-Xshare:auto"];
  deepStrictEqual(useFlags("/a.jsa", { staysInPlace: false }), flags);
  deepStrictEqual(useFlags("/a.jsa", { staysInPlace: true }), [...flags, ...IN_PLACE]);
});

Deno.test("placesArchives() knows the user's own word for where archives lie", () => {
  ok(placesArchives([...FREE.words, "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=1"]));
  ok(!placesArchives(FREE.words));
});

Deno.test("wordsToShare() is what a JVM that makes a part of an archive must be told, too", () => {
  const modules = ["--add-modules", "jdk.incubator.vector", "-XX:+UseG1GC", "-XX:-UseCompressedOops"];
  deepStrictEqual(wordsToShare([...modules, "-cp", "/spark/jars/*", "-Xmx1g", "-Dx=1"]), modules);
});

Deno.test("baseAddress() is one of 16384 from 64 GiB on, each 4 GiB from the next", () => {
  const of = (...bytes: number[]) => Number(baseAddress(new Uint8Array(bytes)));
  strictEqual(ADDRESS_BYTES, 2);
  strictEqual(baseAddress(new Uint8Array([0, 0])), "0x1000000000");
  strictEqual(of(0, 1) - of(0, 0), 4 * GIB);
  strictEqual(of(0x3f, 0xff), 64 * GIB + (2 ** 14 - 1) * 4 * GIB);
  strictEqual(of(0xff, 0xff), of(0x3f, 0xff));
});

Deno.test("archivesToRemove() keeps the newest two archives and notes, and nothing half made", () => {
  const files = [
    "a.jsa 4",
    "b.jsa 9",
    "c.jsa 7",
    "a.base 4",
    "c.base 7",
    "z.base 1",
    "a.failed 1",
    "b.failed 2",
    "c.failed 3",
    "z.partial 99",
    "lock 0",
  ];
  const found = files.map((text) => text.split(" ")).map(([name = "", at]) => ({
    name,
    modifiedMs: Number(at),
  }));
  deepStrictEqual(archivesToRemove(found), ["z.partial", "a.jsa", "a.base", "z.base", "a.failed"]);
  deepStrictEqual(archivesToRemove([]), []);
});
