import assert from "node:assert/strict";
import { reloader } from "../../src/cli/reload.ts";
import { resolveSettings } from "../../src/config.ts";
import type { RawSettings, Settings } from "../../src/config.ts";
import { readConfigFile } from "../../src/config/file.ts";
import { News } from "../../src/daemon/news.ts";
import type { EventLog } from "../../src/supervisor/event_log.ts";
import { Surroundings } from "./scripted_daemon.ts";

type Log = Pick<Settings, "logLevel" | "logFormat">;

/** A daemon's configuration file, and what it makes of it. */
class Reloading extends Surroundings {
  text = "{}";
  readonly adopted: Settings[] = [];
  readonly logs: Log[] = [];
  readonly call: () => Promise<void>;
  readonly events: EventLog;
  /** What the log had when it was adjusted last. */
  loggedBefore = 0;

  constructor(flags: RawSettings = {}) {
    super();
    const again = async () => {
      const file = await readConfigFile(this.text, "/etc/r.json");
      return { settings: resolveSettings([["flag", flags], ["file", file.raw]], file), file };
    };
    const reload = { again, adjustLog: (log: Log) => this.#adjust(log) };
    const context = { ...this.context(flags), reload };
    const news = new News({
      log: context.log,
      clock: this.clock,
      secrets: [],
      onError: (error) => assert.ifError(error),
    });
    this.events = news.events;
    this.call = reloader(context, {
      adopt: (settings) => void this.adopted.push(settings),
      tellReload: (outcome) => news.reload(outcome),
    });
  }

  #adjust(log: Log): void {
    if (this.logs.at(-1) !== log) this.loggedBefore = this.logged.length;
    this.logs.push(log);
  }

  /** What the log says of reading this text. */
  async read(text: string): Promise<readonly string[]> {
    this.text = text;
    this.logged.length = 0;
    await this.call();
    return this.logged.map((line) => line.replace(/^rekindle \S+ {2}/, "").trimEnd());
  }
}

Deno.test("reloader() takes up what can change and names what needs a restart", async () => {
  const daemon = new Reloading({ "log-format": "text" });
  assert.deepEqual(await daemon.read('{"restart": "never", "heap": "3g", "log-format": "json"}'), [
    "warn: configuration: read /etc/r.json again; restart: always → never; needing a restart: heap",
  ]);
  const [settings] = daemon.adopted;
  assert.deepEqual([settings?.restart, settings?.heapBytes], ["never", null]);
  assert.equal(daemon.logs[0]?.logFormat, "text", "a flag wins over the file");
});

Deno.test("reloader() changes nothing for a broken file, says everything that is wrong, and reads the next", async () => {
  const daemon = new Reloading();
  const lines = await daemon.read('{\n"restrat": "never",\n"memory-mode": "maybe"}');
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? "", /^error: Cannot use \/restrat .*line 2.* Did you mean "restart"\?$/);
  assert.match(lines[1] ?? "", /^error: Cannot use \/memory-mode .*line 3/);
  assert.equal(lines[2], "error: configuration: nothing is changed: it has 2 mistakes");
  assert.deepEqual([daemon.adopted, daemon.logs], [[], []]);
  assert.match((await daemon.read('{"restart": "never"}'))[0] ?? "", /restart: always → never$/);
});

Deno.test("reloader() tells of a quieter log before, and of a more talkative one after", async () => {
  const daemon = new Reloading();
  await daemon.read('{"log-level": "error", "heap": "2g"}');
  assert.equal(daemon.loggedBefore, 1);
  await daemon.read('{"log-level": "debug", "heap": "2g"}');
  assert.equal(daemon.loggedBefore, 0);
  assert.equal(daemon.logs.at(-1)?.logLevel, "debug");
});

Deno.test("reloader() has each reading told as an event, a broken one without what is written in the file", async () => {
  const daemon = new Reloading();
  await daemon.read('{"restart": "never", "heap": "3g"}');
  await daemon.read('{"restrat": "hunter2"}');
  const told = daemon.events.page(null, 10).events;
  assert.deepEqual(
    told.map((event) =>
      event.kind === "reload" && [event.changes, event.pending, event.mistakes, event.level]
    ),
    [[["restart: always → never"], ["heap"], 0, "warn"], [[], [], 1, "error"]],
  );
  assert.ok(!JSON.stringify(told).includes("hunter2"));
});
