import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { GIB, MIB } from "../../src/core/jvm_flags.ts";
import { ArchiveFolder } from "../../src/gateway/archive.ts";
import { trainArchive } from "../../src/gateway/archive_training.ts";
import { files } from "../../src/runtime/files.ts";
import { ArchiveScene } from "./archive_scene.ts";
import { sparkInstallations } from "./spark_installations.ts";

for (const spark of sparkInstallations()) {
  Deno.test(`trainArchive() on PySpark ${spark.version} makes an archive that a gateway starts from`, async (test) => {
    await using scene = await ArchiveScene.make(spark);
    const archives = new ArchiveFolder(join(scene.folder, "archive"), files);
    const request = scene.request();
    const decision = await archives.decide(request);
    strictEqual(decision.kind, "train");
    const { key } = decision as { key: string };
    await test.step("in its folder, and nothing else is there", async () => {
      const outcome = await trainArchive(scene.training(archives, key));
      ok(outcome.kind === "made", JSON.stringify(outcome));
      ok(outcome.bytes > 50 * 2 ** 20);
      deepStrictEqual(await files.list(join(scene.folder, "archive")), [
        `${key}.base`,
        `${key}.jsa`,
        "lock",
      ]);
    });
    const use = await archives.decide(request);
    ok(use.kind === "use" && use.key === key, JSON.stringify(use));
    match(use.reason, /^in use, \d+ MiB$/);
    await test.step("from which it has most of its classes, whatever the heap", async () => {
      for (const flags of [use.flags, [...use.flags, "-Xmx2g"]]) {
        await using gateway = await scene.start(flags, { logsClasses: true });
        ok(gateway.sharedClasses() > 2000, `${gateway.sharedClasses()} classes`);
      }
    });
    await test.step("which lies where it was made for, a random place, and is not written to", async () => {
      const place = use.flags.slice(0, 2);
      strictEqual(use.flags.length, place.length + 2);
      await using still = await scene.start(use.flags, {});
      await using again = await scene.start(use.flags, {});
      await using moved = await scene.start(place, {});
      const address = still.archiveAddress();
      ok(address !== null && address % (4 * GIB) < MIB, `${address}`);
      strictEqual(again.archiveAddress(), address);
      notStrictEqual(moved.archiveAddress(), address);
      const savedBytes = moved.ownBytes() - still.ownBytes();
      ok(savedBytes > 80 * MIB, `${savedBytes}`);
    });
    await test.step("which is harmless to one with other jars, or when it has been removed", async () => {
      const jar = join(scene.folder, "other.jar");
      await Deno.copyFile(scene.anyJar(), jar);
      const otherWords = scene.words.map((word, index) =>
        scene.words[index - 1] === "-cp" ? `${jar}:${word}` : word
      );
      const other = await archives.decide({ ...request, words: otherWords });
      ok(other.kind === "train" && other.key !== key);
      const missing = use.flags.map((flag) => flag.replace(key, "missing"));
      for (const [words, flags] of [[otherWords, use.flags], [scene.words, missing]] as const) {
        await using gateway = await scene.start(flags, { words, logsClasses: true });
        strictEqual(gateway.sharedClasses(), 0);
      }
    });
    await test.step("and which is given up for good once it is dropped", async () => {
      await archives.drop(key, "a JVM that started from it died");
      const dropped = await archives.decide(request);
      deepStrictEqual(dropped, {
        kind: "none",
        reason: "none, because the last one was given up: a JVM that started from it died",
      });
      notStrictEqual(await files.stat(join(scene.folder, "archive")), null);
      strictEqual(await files.stat(archives.pathOf(key)), null);
      strictEqual(await files.stat(archives.basePathOf(key)), null);
    });
  });
}
