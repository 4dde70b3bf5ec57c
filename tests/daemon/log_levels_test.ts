import assert from "node:assert/strict";
import { logLevelRoutes } from "../../src/api/log_level.ts";
import { SPARK_LOG_LEVELS } from "../../src/gateway/spark_log_level.ts";
import type { SparkLogLevel } from "../../src/gateway/spark_log_level.ts";
import { createLogger } from "../../src/log.ts";
import { LogLevels } from "../../src/daemon/log_levels.ts";
import { apiOf, asker } from "../api/asking.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { turnsUntil } from "../fakes/turns.ts";

/** Gateways that log from WARN on until they are told otherwise. */
class World {
  readonly clock = new ManualClock();
  readonly logged: string[] = [];
  readonly now = new Map<number, SparkLogLevel>([[1, "WARN"], [2, "WARN"]]);
  deaf = false;
  readonly levels = new LogLevels({
    clock: this.clock,
    log: createLogger({
      ...{ level: "debug", format: "text", colour: false, redact: (text) => text },
      write: (line) => void this.logged.push(line),
    }),
    ready: () => [...this.now.keys()],
    set: (generation, level) => {
      if (this.deaf) return Promise.reject(new Error("it does not answer"));
      const before = this.now.get(generation) ?? "WARN";
      this.now.set(generation, level);
      return Promise.resolve(before);
    },
  });
  readonly ask = asker(apiOf(logLevelRoutes({
    levels: SPARK_LOG_LEVELS,
    change: (level, forMs) => this.levels.change(level, forMs),
  })));

  get all(): readonly SparkLogLevel[] {
    return [...this.now.values()];
  }

  post(body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.ask("/v1/log-level", { method: "POST", headers, body: JSON.stringify(body) });
  }
}

Deno.test("LogLevels changes every gateway and puts each back when the time is over", async () => {
  const world = new World();
  const until = new Date(world.clock.date().getTime() + 60_000).toISOString();
  assert.deepEqual(await world.levels.change("DEBUG", 60_000), [
    { generation: 1, before: "WARN", level: "DEBUG", until },
    { generation: 2, before: "WARN", level: "DEBUG", until },
  ]);
  await world.clock.advance(59_999);
  assert.deepEqual(world.all, ["DEBUG", "DEBUG"]);
  await world.clock.advance(1);
  assert.deepEqual(world.all, ["WARN", "WARN"]);
  assert.match(world.logged.at(-1) ?? "", /generation 2 logs from WARN on again/);
});

Deno.test("LogLevels brings back what was usual before two changes, at the later one's time", async () => {
  const world = new World();
  await world.levels.change("DEBUG", 10_000);
  await world.clock.advance(5_000);
  await world.levels.change("TRACE", 10_000);
  await world.clock.advance(9_999);
  assert.deepEqual(world.all, ["TRACE", "TRACE"]);
  await world.clock.advance(1);
  assert.deepEqual(world.all, ["WARN", "WARN"]);
  await world.levels.change("DEBUG", 10_000);
  await world.levels.change("ERROR", null);
  assert.deepEqual(world.clock.pendingMs, []);
  assert.deepEqual(world.all, ["ERROR", "ERROR"]);
});

Deno.test("LogLevels leaves a gateway alone that is gone, and says when one does not answer", async () => {
  const world = new World();
  await world.levels.change("DEBUG", 10_000);
  world.now.delete(1);
  world.deaf = true;
  await world.clock.advance(10_000);
  await turnsUntil(() => world.logged.some((line) => line.includes("put back")));
  const told = world.logged.filter((line) => line.includes("could not be put back"));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /the log level of generation 2 .* to WARN: it does not answer/);
});

Deno.test("POST /v1/log-level changes the level, and says what it takes", async () => {
  const world = new World();
  const changed = await world.post({ level: "INFO", forSeconds: 2 });
  assert.equal(changed.status, 200);
  assert.equal((await changed.json()).gateways[1].before, "WARN");
  assert.deepEqual(world.all, ["INFO", "INFO"]);
  await world.clock.advance(2_000);
  assert.deepEqual(world.all, ["WARN", "WARN"]);
  for (
    const body of [{}, [], { level: "info" }, { level: "INFO", forSeconds: 0 }, {
      level: "INFO",
      forSeconds: 86_401,
    }, { level: "INFO", forSeconds: "1" }]
  ) {
    const refused = await world.post(body);
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.match((await refused.json()).detail, /one of ALL, TRACE/);
  }
  world.deaf = true;
  assert.equal((await world.post({ level: "INFO" })).status, 503);
  world.now.clear();
  assert.equal((await world.post({ level: "INFO" })).status, 409);
});
