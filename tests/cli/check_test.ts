import assert from "node:assert/strict";
import { check, command } from "../../src/cli/check.ts";
import { settingRows } from "../../src/cli/check_settings.ts";
import { readConfiguration } from "../../src/config/source.ts";
import type { ConfigSource } from "../../src/config/source.ts";
import { EXIT } from "../../src/errors.ts";
import { OPTIONS } from "../../src/options.ts";
import { Surroundings } from "./scripted_daemon.ts";

/** What a call is made of, beside what this test looks at. */
const CALL = { command: "check", settings: {}, operands: [], colour: false, progress: null, root: "/" };

const TEXT = `{
  "conf": {
    "spark.a": 1,
    "spark.my.password": "hunter2hunter2"
  },
  "heap": "3g",
  "restart": "never"
}`;

/** A place whose settings come from everywhere. */
async function place(changes: Partial<ConfigSource> = {}) {
  const surroundings = new Surroundings();
  await surroundings.files.makeDir("/etc");
  await surroundings.files.writeAtomic("/etc/r.json", TEXT);
  const source: ConfigSource = {
    flags: { "config": "r.json", "state-dir": "/state", "spark-home": "/nowhere" },
    env: { REKINDLE_RESTART: "on-failure" },
    ...{ cwd: "/etc", files: surroundings.files },
    ...changes,
  };
  const configuration = await readConfiguration(source);
  return { surroundings, context: { ...surroundings.context(), ...configuration } };
}

Deno.test("settingRows() tells who said each value, and where in the file", async () => {
  const { context } = await place();
  const rows = settingRows(context).filter(({ origin }) => origin !== "default");
  const inFile = (pointer: string, line: number) => ({ path: "/etc/r.json", pointer, line });
  assert.deepEqual(rows, [
    { name: "config", value: "/etc/r.json", origin: "flag", by: "--config", file: null },
    { name: "state-dir", value: "/state", origin: "flag", by: "--state-dir", file: null },
    { name: "spark-home", value: "/nowhere", origin: "flag", by: "--spark-home", file: null },
    { name: "conf", value: "spark.a=1", origin: "file", by: null, file: inFile("/conf/spark.a", 3) },
    {
      ...{ name: "conf", value: "spark.my.password=hunter2hunter2", origin: "file", by: null },
      file: inFile("/conf/spark.my.password", 4),
    },
    { name: "heap", value: "3g", origin: "file", by: null, file: inFile("/heap", 6) },
    { name: "restart", value: "on-failure", origin: "environment", by: "REKINDLE_RESTART", file: null },
  ]);
  const names = new Set(settingRows(context).map(({ name }) => name));
  assert.deepEqual([...names], Object.keys(OPTIONS));
});

Deno.test("check without a Spark says so with exit code 78, and shows the rest, without secrets", async () => {
  const { surroundings, context } = await place();
  assert.equal(await check(context, false), EXIT.config);
  const told = surroundings.printed.join("");
  assert.match(told, /^Settings; pointers are into \/etc\/r\.json\n {2}SETTING/);
  assert.match(told, /\n {2}heap {2,}3g {2,}\/heap, line 6\n/);
  assert.match(told, /\n {2}restart {2,}on-failure {2,}REKINDLE_RESTART\n/);
  assert.match(told, /-Xmx3g/);
  assert.match(told, /\nrekindle: Cannot use --spark-home: there is no Spark in \/nowhere\.\n/);
  assert.doesNotMatch(told, /hunter2/);
});

Deno.test("check --json is one document, with the same exit code", async () => {
  const { surroundings, context } = await place();
  assert.equal(await check(context, true), EXIT.config);
  const told = surroundings.printed.join("");
  assert.doesNotMatch(told, /hunter2/);
  const { ok, file, settings, command: argv, problems } = JSON.parse(told);
  assert.deepEqual([ok, file, argv, problems.length], [false, "/etc/r.json", null, 1]);
  assert.equal(problems[0].exitCode, EXIT.config);
  assert.deepEqual(settings.find(({ name }: { name: string }) => name === "heap"), {
    ...{ name: "heap", value: "3g", origin: "file", by: null },
    file: { path: "/etc/r.json", pointer: "/heap", line: 6 },
  });
});

Deno.test("check of a heap in which Spark makes no context says so beside the rest", async () => {
  const { surroundings, context } = await place({ flags: { "heap": "100m", "spark-home": "/nowhere" } });
  assert.equal(await check(context, false), EXIT.config);
  assert.match(surroundings.printed.join(""), /no Spark in[^]*Cannot use a heap of 100 MiB/);
});

Deno.test("check --json of a broken file is a document too, with pointers and lines", async () => {
  const { surroundings, context: whole } = await place();
  await surroundings.files.writeAtomic("/etc/r.json", '{\n"heep": "1g",\n"restart": "once"}');
  const source = { flags: { config: "/etc/r.json" }, env: {}, cwd: "/", files: surroundings.files };
  const context = async () => ({ ...whole, ...await readConfiguration(source) });
  const print = (text: string) => void surroundings.printed.push(text);
  const call = { ...CALL, print, warn: print, context };
  assert.equal(await command({ ...call, own: { json: true } }), EXIT.config);
  const { ok, problems } = JSON.parse(surroundings.printed.join(""));
  assert.equal(ok, false);
  assert.deepEqual(problems.map(({ pointer, line }: { pointer: string; line: number }) => [pointer, line]), [
    ["/heep", 2],
    ["/restart", 3],
  ]);
});

Deno.test("check --schema prints the schema and reads no settings", async () => {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const context = () => Promise.reject(new Error("not to be read"));
  const call = { ...CALL, print, warn: print, context };
  assert.equal(await command({ ...call, own: { schema: true } }), EXIT.ok);
  const published = await Deno.readTextFile(new URL("../../docs/rekindle.schema.json", import.meta.url));
  assert.equal(printed.join(""), published);
});

Deno.test("check of a checkout without Spark says that run fetches it, and fetches nothing", async () => {
  const { surroundings, context } = await place({ flags: {}, env: { PATH: "" } });
  const provision = () => Promise.reject(new Error("fetched"));
  const bare = { ...context, env: { HOME: "/home/me" }, own: { ownEnvironment: "/own", provision } };
  assert.equal(await check(bare, false), EXIT.ok);
  assert.match(surroundings.printed.join(""), /rekindle run fetches what is missing/);
  assert.equal(await check({ ...bare, own: { ...bare.own, provision: null } }, false), EXIT.config);
});
