import assert from "node:assert/strict";
import { join } from "@std/path";
import { Place, program, RunningDaemon } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";
import { StandaloneCluster } from "./standalone_cluster.ts";

const [spark] = sparkInstallations();
if (spark === undefined) throw new Error("No PySpark to test on");

Deno.test("a driver killed in the middle of a job releases its cores on a real cluster, and the job run again gets them", async () => {
  await using place = await Place.make(spark);
  await using cluster = await StandaloneCluster.start(place);
  const conf = [`spark.master=${cluster.url}`, "spark.executor.memory=512m", "spark.cores.max=2"];
  const local = ["spark.driver.host=127.0.0.1", "spark.driver.bindAddress=127.0.0.1"];
  const daemon = await RunningDaemon.start(place, [...conf, ...local].flatMap((each) => ["--conf", each]), {
    // What users have: a gateway for each program, and one that waits.
    REKINDLE_SHARING: "exclusive",
    REKINDLE_STANDBY: "auto",
  });
  // A gateway has been warmed up, and no executor has worked for it.
  await daemon.untilStatus(({ pool }) => pool.seats.some(({ warmth }) => warmth === "warm"));
  const unused = await cluster.state();
  assert.deepEqual([unused.activeapps, unused.completedapps], [[], []]);
  const file = join(place.folder, "working");
  await Deno.writeTextFile(file, "");
  const job = place.exec(["--retries", "1", "--", "python", program("cluster.py"), file]);

  // Both executors work on the first run's application.
  const busy = await cluster.untilState(({ activeapps: [app] }) =>
    app?.state === "RUNNING" && app.cores === 2
  );
  const first = busy.activeapps[0]?.id;
  const { gateway, generation } = await daemon.status();
  Deno.kill(gateway.pid ?? 0, "SIGKILL");

  // The second run is another application of another generation, with all cores; the first one holds none.
  const healed = await cluster.untilState(({ activeapps: [app, ...more] }) =>
    app !== undefined && app.id !== first && app.cores === 2 && more.length === 0
  );
  assert.deepEqual(healed.completedapps.map(({ id, state }) => [id, state]), [[first, "FINISHED"]]);
  assert.deepEqual(healed.workers.map(({ coresused }) => coresused), [1, 1]);
  await Deno.remove(file);
  const { code, stdout, stderr } = await job;
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^executors 2 ${cluster.url} ${healed.activeapps[0]?.id}$`, "m"));
  // The one that stood by, which may have been started before or after the one that was killed.
  assert.notEqual((await daemon.status()).generation, generation);
  await cluster.untilState(({ activeapps }) => activeapps.length === 0);
  await daemon.end("SIGTERM");
});
