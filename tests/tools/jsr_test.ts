/**
 * Do the JSR packages behave as the program needs? The names are the ordinary ones, so this runs on the real
 * packages where JSR can be reached and on the stand-ins of `tools/jsr/` elsewhere.
 * @module
 */
import assert from "node:assert/strict";
import { parseArgs } from "@std/cli/parse-args";
import * as log from "@std/log";
import * as path from "@std/path";

const options = {
  boolean: ["json", "verbose"],
  string: ["conf", "name", "port"],
  collect: ["conf"],
  alias: { verbose: "v", name: ["n"] },
} as const;
const nothing = { json: false, verbose: false, v: false, conf: [], _: [] };

/** Words on the command line, and what they mean. */
const commandLines: readonly (readonly [words: string[], parsed: Record<string, unknown>])[] = [
  [[], nothing],
  [["--json", "run", "x"], { ...nothing, json: true, _: ["run", "x"] }],
  [["--conf", "a=1", "--conf=b=2"], { ...nothing, conf: ["a=1", "b=2"] }],
  [["--port", "7433"], { ...nothing, port: "7433" }],
  [["--port="], { ...nothing, port: "" }],
  [["--port"], { ...nothing, port: "" }],
  [["-v", "-n", "etl"], { ...nothing, v: true, verbose: true, n: "etl", name: "etl" }],
  [["-vn", "etl"], { ...nothing, v: true, verbose: true, n: "etl", name: "etl" }],
  [["--json=false"], nothing],
  [["--name", "a", "--name", "b"], { ...nothing, name: "b", n: "b" }],
  [["12", "007x", "-"], { ...nothing, _: [12, "007x", "-"] }],
  [["run", "--", "--json", "x"], { ...nothing, _: ["run", "--json", "x"] }],
];

Deno.test("parseArgs() sorts words into flags and operands", async (t) => {
  for (const [words, parsed] of commandLines) {
    await t.step(JSON.stringify(words), () => {
      assert.deepEqual({ ...parseArgs([...words], options) }, parsed);
    });
  }
});

Deno.test("parseArgs() stops at the first operand when told to, and keeps what follows two dashes", () => {
  const stopped = parseArgs(["--json", "exec", "--json", "-n", "x"], { boolean: ["json"], stopEarly: true });
  assert.deepEqual({ ...stopped }, { json: true, _: ["exec", "--json", "-n", "x"] });
  const dashed = parseArgs(["exec", "--", "python", "1", "--json"], { boolean: ["json"], "--": true });
  assert.deepEqual({ ...dashed }, { json: false, _: ["exec"], "--": ["python", "1", "--json"] });
});

Deno.test("parseArgs() applies defaults, negates what may be negated, and shows unknown flags", () => {
  const defaulted = parseArgs([], {
    string: ["heap"],
    boolean: ["relay"],
    default: { heap: "2g", relay: true },
  });
  assert.deepEqual({ ...defaulted }, { heap: "2g", relay: true, _: [] });
  const negated = parseArgs(["--no-relay"], {
    boolean: ["relay"],
    negatable: ["relay"],
    default: { relay: true },
  });
  assert.equal(negated.relay, false);
  const seen: unknown[] = [];
  const unknown = (...call: unknown[]) => (seen.push(call), false);
  const kept = parseArgs(["--hepa", "2g", "run"], { string: ["heap", "_"], unknown });
  assert.deepEqual(seen, [["--hepa", "hepa", "2g"], ["run"]]);
  assert.deepEqual(kept._, []);
});

Deno.test("the functions of @std/path take paths apart and put them together", () => {
  const results: readonly (readonly [actual: string, expected: string])[] = [
    [path.join("/a", "../b", "c"), "/b/c"],
    [path.join("", "a"), "a"],
    [path.basename("/a/b.log", ".log"), "b"],
    [path.basename("/"), "/"],
    [path.basename("a/b/"), "b"],
    [path.dirname("/a/b/c"), "/a/b"],
    [path.dirname("a//b"), "a"],
    [path.dirname("a"), "."],
    [path.dirname("/a"), "/"],
    [path.extname("hs_err_pid1.log"), ".log"],
    [path.extname(".bashrc"), ""],
    [path.normalize("/a/./b//../c/"), "/a/c/"],
  ];
  assert.deepEqual(results.map(([actual]) => actual), results.map(([, expected]) => expected));
  assert.equal(path.resolve("/a", "b", "../c"), "/a/c");
  assert.equal(path.resolve("b"), path.join(Deno.cwd(), "b"));
  assert.equal(path.relative("/a/b", "/a/c/d"), "../c/d");
  assert.equal(path.isAbsolute("/a") && !path.isAbsolute("a"), true);
  assert.equal(path.SEPARATOR + path.DELIMITER, "/:");
});

Deno.test("@std/path turns paths with spaces into file URLs and back", () => {
  assert.equal(path.toFileUrl("/my jobs/ä#1").href, "file:///my%20jobs/%C3%A4%231");
  assert.equal(path.fromFileUrl("file:///my%20jobs/%C3%A4%231"), "/my jobs/ä#1");
  assert.throws(() => path.toFileUrl("jobs"), TypeError);
});

/** Keeps the lines it is given. */
class Lines extends log.BaseHandler {
  readonly lines: string[] = [];
  destroyed = 0;
  override log(line: string): void {
    this.lines.push(line);
  }
  override destroy(): void {
    this.destroyed += 1;
  }
}

Deno.test("@std/log passes records of a logger's level and above to its handlers, in their format", () => {
  const all = new Lines("DEBUG", {
    formatter: ({ loggerName, levelName, msg }) => `${loggerName} ${levelName} ${msg}`,
  });
  const errors = new Lines("ERROR");
  log.setup({
    handlers: { all, errors },
    loggers: { gateway: { level: "INFO", handlers: ["all", "errors"] } },
  });
  const logger = log.getLogger("gateway");
  assert.equal(logger.info("up"), "up");
  logger.debug("too quiet");
  assert.equal(logger.debug(() => assert.fail("made although nobody wants it")), undefined);
  assert.equal(logger.error(() => "down"), "down");
  logger.level = log.LogLevels.ERROR;
  logger.warn("now too quiet");
  assert.deepEqual(all.lines, ["gateway INFO up", "gateway ERROR down"]);
  assert.deepEqual(errors.lines, ["ERROR down"]);
  log.getLogger("never set up").critical("goes nowhere");
  assert.equal(all.lines.length, 2);
  log.setup({});
  assert.equal(all.destroyed, 1, "a new set-up ends the handlers of the last one");
});

Deno.test("@std/log's jsonFormatter writes level, time, message and arguments", () => {
  const lines = new Lines("DEBUG", { formatter: log.jsonFormatter });
  log.setup({ handlers: { lines }, loggers: { gateway: { level: "DEBUG", handlers: ["lines"] } } });
  const logger = log.getLogger("gateway");
  logger.warn("slow", { ms: 5 });
  logger.info("two", 1, "b");
  const [one, two] = lines.lines.map((line) => JSON.parse(line));
  assert.equal(typeof one.datetime, "number");
  assert.deepEqual({ ...one, datetime: 0 }, { level: "WARN", datetime: 0, message: "slow", args: { ms: 5 } });
  assert.deepEqual(two.args, [1, "b"]);
  log.setup({});
});
