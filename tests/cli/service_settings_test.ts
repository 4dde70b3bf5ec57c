import assert from "node:assert/strict";
import { settingsFile } from "../../src/cli/service/settings.ts";
import type { SettingsRequest } from "../../src/cli/service/settings.ts";
import { UserError } from "../../src/errors.ts";

function made(request: Partial<SettingsRequest>) {
  const file = settingsFile({
    path: "/etc/rekindle/etl.json",
    current: null,
    given: {},
    cwd: "/home/me",
    others: [],
    ...request,
  });
  return file === null ? null : { values: JSON.parse(file.text), changed: file.changed };
}

Deno.test("settingsFile() begins with the usual ports, and gives each further instance the next pair", () => {
  assert.deepEqual(made({})?.values, { api: "127.0.0.1:7433", relay: 7434 });
  const first = '{ "api": "127.0.0.1:7433", "relay": 7434 }';
  assert.deepEqual(made({ others: [first] })?.values, { api: "127.0.0.1:7435", relay: 7436 });
  assert.deepEqual(made({ others: [first, '{ "api": "7435", "relay": "7438" }'] })?.values, {
    api: "127.0.0.1:7437",
    relay: 7436,
  });
  // Without a word of its own an instance has the defaults; what cannot be read is taken for one of those.
  assert.deepEqual(made({ others: ["{}"] })?.values, { api: "127.0.0.1:7435", relay: 7436 });
  assert.deepEqual(made({ others: ["{ // a comment"] })?.values, { api: "127.0.0.1:7435", relay: 7436 });
});

Deno.test("settingsFile() puts an instance's ports beside those that were asked for", () => {
  assert.deepEqual(made({ given: { relay: "7433" } })?.values, { api: "127.0.0.1:7435", relay: 7433 });
  assert.deepEqual(made({ given: { api: "127.0.0.1:9000", relay: "9001" } })?.values, {
    api: "127.0.0.1:9000",
    relay: 9001,
  });
});

Deno.test("settingsFile() writes what was asked for as the file has it, and names what is new", () => {
  const given = { "heap": "2g", "gateways": "2", "no-archive": true, "conf": ["a=1", "b=2"], "standby": "0" };
  const { values, changed } = made({ given, current: '{ "api": "7433", "relay": 7434, "heap": "1g" }' }) ??
    {};
  assert.deepEqual(values, { ...given, gateways: 2, api: "7433", relay: 7434 });
  assert.deepEqual([...changed ?? []].sort(), ["conf", "gateways", "heap", "no-archive", "standby"]);
});

Deno.test("settingsFile() makes paths absolute, and leaves names and addresses as they are", () => {
  const given = {
    "python": ".venv/bin/python",
    "spark-home": "spark",
    "java-home": "/opt/java",
    "warm-up": "./warm.py",
    "jars": "a.jar,/b.jar,s3://bucket/c.jar",
  };
  assert.deepEqual(made({ given, current: '{ "api": "7433", "relay": 7434 }' })?.values, {
    "api": "7433",
    "relay": 7434,
    "python": "/home/me/.venv/bin/python",
    "spark-home": "/home/me/spark",
    "java-home": "/opt/java",
    "warm-up": "/home/me/warm.py",
    "jars": "/home/me/a.jar,/b.jar,s3://bucket/c.jar",
  });
  assert.equal(made({ given: { python: "python3.11" } })?.values.python, "python3.11");
});

Deno.test("settingsFile() leaves a file alone for which nothing was asked, whatever is in it", () => {
  assert.equal(made({ current: "{ // mine\n}" }), null);
  assert.equal(made({ current: "{}" }), null);
});

Deno.test("settingsFile() does not write over what it cannot read", () => {
  for (const current of ["{ // mine\n}", "[]", "", "null"]) {
    assert.throws(() => made({ current, given: { heap: "2g" } }), (error: UserError) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.exitCode, 78);
      assert.match(error.message, /\/etc\/rekindle\/etl\.json/);
      return true;
    });
  }
});
