import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { assertTold, DOCUMENT } from "../api/contract.ts";
import { SseClient } from "../api/sse_client.ts";
import { Place, program, ROOT, RunningDaemon, until } from "./rekindle.ts";
import type { Result } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

for (const spark of sparkInstallations()) {
  const { version } = spark;

  Deno.test(`run on PySpark ${version}: serves programs, survives kill -9 of the JVM, and ends on stop`, async (test) => {
    await using place = await Place.make(spark);
    const daemon = await RunningDaemon.start(place);
    await test.step("every health path answers", async () => {
      for (const path of ["/livez", "/startupz", "/readyz", "/readyz/gateway", "/health", "/v1/status"]) {
        strictEqual((await daemon.get(path)).code, 200, path);
      }
    });
    await test.step("the running JVM's flags are read back", async () => {
      const { gateway, plan } = await daemon.status();
      strictEqual(gateway.flags?.MaxHeapSize, plan.heap.bytes);
      strictEqual(gateway.flags?.MaxDirectMemorySize, plan.direct.bytes);
    });
    await test.step("programs follow each other though none stops its context", async () => {
      for (let run = 0; run < 2; run++) {
        const { code, stdout, stderr } = await place.exec(["--", "python", program("sum.py")]);
        strictEqual(code, 0, stderr);
        strictEqual(stdout, "sum 499500 generation 1\n");
      }
    });
    await test.step("a killed JVM is replaced with no hand on it, and the next program attaches", async () => {
      const { gateway } = await daemon.status();
      ok(gateway.pid);
      const events = await SseClient.open(`${daemon.url}/v1/events/stream`);
      strictEqual((await events.next())?.data.gateway.pid, gateway.pid);
      Deno.kill(gateway.pid, "SIGKILL");
      const { data: died } = await events.until("died");
      deepStrictEqual([died.generation, died.class], [1, "killed-by-signal"]);
      const { data: { id } } = await events.until("incident");
      strictEqual((await events.until("ready")).data.generation, 2);
      await events.close();
      const kept = await daemon.get(`/v1/incidents/${id}/artifacts/stderr.txt`, {
        headers: { authorization: `Bearer ${daemon.token}` },
      });
      strictEqual(kept.code, 200);
      match(kept.text, /log4j|WARN/);
      const back = await daemon.untilStatus((status) => status.generation === 2 && status.ready);
      strictEqual(back.lastIncident?.id, id);
      strictEqual(back.lastIncident?.verdict.class, "killed-by-signal");
      strictEqual(back.restarts, 1);
      const { stdout } = await place.exec(["--", "python", program("sum.py")]);
      strictEqual(stdout, "sum 499500 generation 2\n");
      const incident = join(place.stateDir, "incidents", back.lastIncident?.id ?? "");
      const names = [...Deno.readDirSync(incident)].map(({ name }) => name);
      const wanted = ["command.txt", "gc.log", "hsperfdata", "manifest.json", "stderr.txt", "stdout.txt"];
      deepStrictEqual(wanted.filter((name) => !names.includes(name)), []);
    });
    await test.step("the metrics and the figures of the last hour tell of it", async () => {
      const accept = "application/openmetrics-text; version=1.0.0";
      const { code, text } = await daemon.get("/metrics", { headers: { accept } });
      strictEqual(code, 200);
      const { plan } = await daemon.status();
      const wanted = [
        "rekindle_ready 1",
        "rekindle_generation 2",
        'rekindle_restarts_total{cause="killed-by-signal"} 1',
        "rekindle_incidents_stored 1",
        `jvm_memory_max_bytes{seat="0",area="heap"} ${plan.heap.bytes}`,
        "# EOF",
      ];
      deepStrictEqual(wanted.filter((line) => !text.split("\n").includes(line)), []);
      match(text, /^jvm_memory_pool_used_bytes\{seat="0",pool="Metaspace"\} [1-9]/m);
      match(text, /^jvm_threads_current\{seat="0"\} [1-9]/m);
      const { columns } = JSON.parse((await daemon.get("/v1/figures")).text);
      deepStrictEqual([...new Set(columns.generation)].filter((generation) => generation !== 0), [1, 2]);
      ok(columns.heapUsedBytes.some((bytes: number | null) => bytes !== null && bytes > 0));
    });
    await test.step("what it answers is what openapi.json tells, and no member more", async () => {
      const authorization = `Bearer ${daemon.token}`;
      const plain = Object.entries(DOCUMENT.paths).filter(([path, { get }]) =>
        get !== undefined && !path.includes("{") && path !== "/v1/events/stream"
      ).map(([path]) => path);
      const paths = [...plain, "/readyz/loop", "/v1/incidents/last", "/v1/incidents/last/bundle"];
      for (const path of [...paths, "/v1/incidents/last/artifacts/stderr.txt"]) {
        const answer = await fetch(daemon.url + path, { headers: { authorization } });
        ok(answer.ok, path);
        await assertTold("GET", path, answer);
      }
      for (
        const [path, body, status] of [["restart", { generation: 1 }, 409], [
          "dumps",
          { kind: "threads" },
          200,
        ]] as const
      ) {
        const headers = { authorization, "content-type": "application/json" };
        const init = { method: "POST", headers, body: JSON.stringify(body) };
        const answer = await fetch(`${daemon.url}/v1/${path}`, init);
        strictEqual(answer.status, status);
        await assertTold("POST", `/v1/${path}`, answer);
      }
    });
    await test.step("Spark's log level is changed on the running JVM, and what was before is known", async () => {
      const change = async (level: string) => {
        const line = ["log-level", level, "--for", "1h", "--json", "--state-dir", place.stateDir];
        const { stdout, stderr } = await place.rekindle(line);
        strictEqual(stderr, "");
        return JSON.parse(stdout)[0].before;
      };
      deepStrictEqual([await change("debug"), await change("ERROR")], ["WARN", "DEBUG"]);
      const { stdout } = await place.rekindle(["logs", "--state-dir", place.stateDir]);
      match(stdout, /WARN/);
    });
    await test.step("status and stop", async () => {
      const status = await place.rekindle(["status", "--state-dir", place.stateDir]);
      strictEqual(status.code, 0);
      match(status.stdout, /^gateway {4}ready, generation 2, process \d+/);
      const stop = await place.rekindle(["stop", "--state-dir", place.stateDir]);
      strictEqual(stop.code, 0, stop.stderr);
      strictEqual((await daemon.ended()).code, 0);
      strictEqual((await place.rekindle(["status", "--state-dir", place.stateDir])).code, 3);
    });
    strictEqual(place.processes().join("\n"), "");
    strictEqual(place.temporary().join("\n"), "");
  });

  for (const [signal, code] of [["SIGTERM", 0], ["SIGINT", 130], ["SIGKILL", 137]] as const) {
    Deno.test(`run on PySpark ${version}: ${signal} leaves nothing, with Python workers at work`, async () => {
      await using place = await Place.make(spark);
      const daemon = await RunningDaemon.start(place);
      const mark = join(place.folder, "busy");
      let early: Result | null = null;
      const job = place.exec(["--", "python", program("busy.py"), mark]).then((result) => early = result);
      await until(() => Deno.stat(mark).then(() => true, () => early !== null));
      match(place.processes().join("\n"), /pyspark[./]daemon/);
      strictEqual((await daemon.end(signal)).code, code);
      const { code: jobCode, stderr } = await job;
      strictEqual(jobCode, 1, stderr);
      // After a SIGKILL the JVM goes by itself: the end of its standard input tells it.
      await until(() => place.processes().length === 0);
      strictEqual(place.temporary().join("\n"), "");
    });
  }
}

const [oldest] = sparkInstallations();
if (oldest === undefined) throw new Error("No PySpark to test on");

Deno.test("run finds a stopped JVM by its silence, explains it and replaces it", async () => {
  await using place = await Place.make(oldest);
  const daemon = await RunningDaemon.start(place, ["--heartbeat", "0.5"]);
  const { gateway } = await daemon.status();
  ok(gateway.pid);
  Deno.kill(gateway.pid, "SIGSTOP");
  const suspect = await daemon.untilStatus(({ ready }) => !ready);
  match(suspect.health.checks.heartbeat.output ?? "", /no answer for/);
  strictEqual((await daemon.get("/readyz")).code, 503);
  strictEqual((await daemon.get("/livez")).code, 200);
  const { text } = await daemon.get("/metrics");
  match(text, /^rekindle_ready 0$/m);
  match(text, /^jvm_memory_used_bytes\{.*\} [1-9]/m);
  const back = await daemon.untilStatus((status) => status.generation === 2 && status.ready);
  strictEqual(back.lastIncident?.verdict.class, "process-stopped");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
  strictEqual(place.processes().join("\n"), "");
});

Deno.test("run refuses a second daemon on its state folder, and a taken port", async () => {
  await using place = await Place.make(oldest);
  await using other = await Place.make(oldest);
  const daemon = await RunningDaemon.start(place);
  const second = await place.rekindle(["run", ...place.flags]);
  strictEqual(second.code, 73);
  match(second.stderr, /another daemon already uses the state folder/);
  const port = await place.rekindle([
    "run",
    "--state-dir",
    other.stateDir,
    "--api",
    daemon.url.replace("http://", ""),
  ]);
  strictEqual(port.code, 69);
  match(port.stderr, /another program listens there/);
  strictEqual((await daemon.status()).phase, "ready");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
});

Deno.test("run after a kill -9 of the daemon starts as if nothing had been", async () => {
  await using place = await Place.make(oldest);
  await (await RunningDaemon.start(place)).end("SIGKILL");
  const daemon = await RunningDaemon.start(place);
  const { stdout } = await place.exec(["--", "python", program("sum.py")]);
  strictEqual(stdout, "sum 499500 generation 2\n");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
});

Deno.test("exec waits for its turn while another one has the gateway", async () => {
  await using place = await Place.make(oldest);
  const daemon = await RunningDaemon.start(place);
  const path = (name: string) => join(place.folder, name);
  const exists = (name: string) => Deno.stat(path(name)).then(() => true, () => false);
  const script = "touch first; until [ -e go ]; do sleep 0.05; done; echo first >> order";
  const first = place.exec(["--", "sh", "-c", script]);
  await until(() => exists("first"));
  const second = place.plain("sh", [
    ...["-c", 'exec "$@" 2> second.err', "sh", join(ROOT, "rekindle"), "exec", ...place.flags],
    ...["--", "sh", "-c", "echo second >> order"],
  ]);
  await until(async () =>
    (await Deno.readTextFile(path("second.err")).catch(() => "")).includes("waiting for")
  );
  await Deno.writeTextFile(path("go"), "");
  strictEqual((await first).code, 0);
  strictEqual((await second).code, 0);
  strictEqual(await Deno.readTextFile(path("order")), "first\nsecond\n");
  strictEqual((await daemon.end("SIGTERM")).code, 0);
});
