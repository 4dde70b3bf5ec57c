import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { holdingsOf } from "../../bench/proc.ts";
import { readEnvironment } from "../../src/cli/attachment.ts";
import { AttachedProgram } from "./attached_program.ts";
import { Place, program, RunningDaemon, until } from "./rekindle.ts";
import { rests } from "./rest.ts";
import { sparkInstallations } from "./spark_installations.ts";

const EXCLUSIVE = { REKINDLE_SHARING: "exclusive", REKINDLE_STANDBY: "1" };

/** The JVM that a program was run on. */
function jvmOf(stdout: string): number {
  return Number(/^jvm (\d+)$/m.exec(stdout)?.[1]);
}

/** It forgets to stop its context. Three runs show what there is to see; the others only count. */
const USUAL = `
import os
port = os.environ["PYSPARK_GATEWAY_PORT"]
print(port, file=open("runs", "a"))
if open("runs").read().split().count(port) > 3:
    raise SystemExit
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
assert spark.range(10).count() == 10
print(spark._jvm.java.lang.ProcessHandle.current().pid(), file=open("warmed", "a"))
`;

async function guest(place: Place, kind: string, flags: readonly string[] = []) {
  return await place.exec([...flags, "--", "python", program("guest.py"), kind]);
}

for (const spark of sparkInstallations()) {
  Deno.test(`run on PySpark ${spark.version}: each program has a gateway of its own, and the next one is warm`, async (test) => {
    await using place = await Place.make(spark);

    await test.step("warmed by the user's own program as well", async () => {
      await Deno.writeTextFile(join(place.folder, "usual.py"), USUAL);
      const warming = await RunningDaemon.start(place, ["--warm-up", "usual.py"], EXCLUSIVE);
      const { pool: { seats, warmUpRefusal } } = await warming.untilStatus(rests);
      strictEqual(warmUpRefusal, null);
      const numbers = async (name: string) =>
        (await Deno.readTextFile(join(place.folder, name))).trim().split("\n").map(Number);
      const warmed = await numbers("warmed");
      deepStrictEqual(new Set(warmed), new Set(seats.map(({ pid }) => pid)), "each has run it");
      const runs = Map.groupBy(await numbers("runs"), (port) => port);
      ok([...runs.values()].every((own) => own.length <= 18), "none more than eighteen times");
      const { code, stdout, stderr } = await guest(place, "clean");
      strictEqual(code, 0, stderr);
      ok(warmed.includes(jvmOf(stdout)), "the context that it forgot is in nobody's way");
      strictEqual((await warming.end("SIGTERM")).code, 0);
    });

    const daemon = await RunningDaemon.start(place, [], EXCLUSIVE);
    const before = await daemon.untilStatus(rests);
    const { fds } = holdingsOf(daemon.pid);
    const pids = before.pool.seats.map(({ pid }) => pid);

    await test.step("one after the other", async () => {
      const one = await guest(place, "clean");
      const two = await guest(place, "dirty");
      deepStrictEqual([one.code, two.code], [0, 0], one.stderr + two.stderr);
      deepStrictEqual([jvmOf(one.stdout), jvmOf(two.stdout)].sort(), [...pids].sort(), "both were warm");
      const { restarts, pool } = await daemon.untilStatus(({ pool }) =>
        pool.seats.every(({ pid }) => !pids.includes(pid))
      );
      deepStrictEqual([restarts, pool.warmUpRefusal], [0, null]);
      await daemon.untilStatus((status) => rests(status) && holdingsOf(daemon.pid).fds <= fds);
    });

    await test.step("at the same time, in line", async () => {
      const file = await Deno.readTextFile((await daemon.status()).environmentFile);
      const variables = readEnvironment(file);
      const way = {
        port: Number(variables.PYSPARK_GATEWAY_PORT),
        secret: variables.PYSPARK_GATEWAY_SECRET ?? "",
      };
      const first = AttachedProgram.start(spark, way, ["guest.py", "stays"]);
      const jvm = Number((await first.line())?.split(" ")[1]);
      strictEqual((await daemon.untilStatus(({ pool }) => pool.next === "busy")).gateway.pid, jvm);
      const second = guest(place, "clean");
      // Killed, it says nothing: that it is gone is found out.
      await first[Symbol.asyncDispose]();
      const { code, stdout, stderr } = await second;
      strictEqual(code, 0, stderr);
      match(stderr, /another program has the gateway; waiting in line/);
      notStrictEqual(jvmOf(stdout), jvm);
      // The same secret again, as from the same shell: another program, and so another gateway.
      await using third = AttachedProgram.start(spark, way, ["guest.py", "clean"]);
      const { lines, errors } = await third.ended();
      ok(![jvm, jvmOf(stdout), ...pids].includes(jvmOf(lines.join("\n"))), errors);
    });

    await test.step("and when one dies, the next program does not wait for another", async () => {
      await daemon.untilStatus(rests);
      const running = guest(place, "stays-until-killed");
      const { gateway: { pid }, pool } = await daemon.untilStatus((status) => status.pool.next === "busy");
      const heir = pool.seats.find((seat) => seat.programs === 0);
      Deno.kill(pid ?? 0, "SIGKILL");
      const { generation } = await daemon.untilStatus((status) => status.pool.next === "ready");
      strictEqual(generation, heir?.generation);
      const { code, stderr } = await running;
      notStrictEqual(code, 0);
      // By how it ended, or by the verdict once there is one.
      match(stderr, /rekindle: gateway JVM \(generation \d+\) was lost: (?:signal SIGKILL|killed-by-signal)/);
      const next = await guest(place, "clean");
      deepStrictEqual([next.code, jvmOf(next.stdout)], [0, heir?.pid], next.stderr);
      strictEqual((await daemon.status()).restarts, 1);
    });

    strictEqual((await daemon.end("SIGTERM")).code, 0);
    strictEqual(place.processes().join("\n"), "");
    deepStrictEqual(place.temporary(), []);
  });
}

Deno.test("run --recycle dirty keeps a gateway whose program has left nothing, and no other", async () => {
  const [spark] = sparkInstallations();
  if (spark === undefined) throw new Error("No PySpark to test on");
  await using place = await Place.make(spark);
  const daemon = await RunningDaemon.start(place, ["--recycle", "dirty"], {
    ...EXCLUSIVE,
    REKINDLE_STANDBY: "0",
  });
  const { gateway: { pid } } = await daemon.status();
  const kinds = ["clean", "dirty", "clean"];
  const pids: number[] = [];
  for (const kind of kinds) {
    const { stdout, stderr, code } = await guest(place, kind);
    strictEqual(code, 0, stderr);
    pids.push(jvmOf(stdout));
  }
  deepStrictEqual([pids[0], pids[1]], [pid, pid]);
  notStrictEqual(pids[2], pid);
  const { stderr } = await daemon.end("SIGTERM");
  match(stderr, /retiring generation 1: its program has left the log level FATAL for INFO/);
  strictEqual(await until(() => place.processes().length === 0), true);
});
