import assert from "node:assert/strict";
import fc from "fast-check";
import { readArgs } from "../../src/cli/args.ts";
import type { CommandSpec, Invocation } from "../../src/cli/command.ts";
import { commandNames, specOf } from "../../src/cli/commands.ts";
import { resolveSettings } from "../../src/config.ts";
import { OPTIONS } from "../../src/options.ts";
import { EXIT, UserErrors } from "../../src/errors.ts";

function words(line: string): readonly string[] {
  return line.split(" ").filter((word) => word !== "");
}

/** What a line says, without the parts that are empty. */
function read(line: string): Partial<Invocation> {
  const { command, settings, own, operands } = readArgs(words(line));
  return {
    command,
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(Object.keys(own).length > 0 ? { own } : {}),
    ...(operands.length > 0 ? { operands } : {}),
  };
}

/** Words with which a command is content. */
function operandsFor({ operands }: CommandSpec): readonly string[] {
  switch (operands.kind) {
    case "one-of":
      return operands.words.slice(0, 1);
    case "program":
    case "files":
      return ["true"];
    case "none":
    case "command":
    case "free":
    case "foreign":
      return [];
  }
}

/** What is wrong with a line, as messages and hints. */
function complaints(args: readonly string[]): readonly string[] {
  try {
    readArgs(args);
  } catch (error) {
    assert.ok(error instanceof UserErrors, String(error));
    assert.ok(error.errors.every(({ exitCode }) => exitCode === EXIT.usage));
    return error.errors.map(({ message, hint }) => `${message} / ${hint}`);
  }
  return [];
}

Deno.test("readArgs() reads the settings of every command that takes them", () => {
  for (const command of commandNames()) {
    const spec = specOf(command);
    const operands = operandsFor(spec);
    for (const name of spec.options) {
      const { kind } = OPTIONS[name];
      const program = operands.length > 0 ? ["--", ...operands] : [];
      const flag = kind === "flag" ? [`--${name}`] : [`--${name}`, "some"];
      const value = kind === "flag" ? true : kind === "list" ? ["some"] : "some";
      const told = `${command} --${name}`;
      assert.deepEqual(readArgs([command, ...flag, ...program]).settings, { [name]: value }, told);
      if (kind === "flag") continue;
      const joined = readArgs([command, `--${name}=a=b c`, ...program]).settings;
      assert.deepEqual(joined, { [name]: kind === "list" ? ["a=b c"] : "a=b c" }, told);
    }
  }
});

Deno.test("readArgs() gives submit every word from the first that is no flag of rekindle's own", () => {
  assert.deepEqual(read("submit --retries 2 --state-dir=/s -q --conf a=b job.py --retries 3 --heap 1g"), {
    command: "submit",
    settings: { "state-dir": "/s", quiet: true },
    own: { retries: "2" },
    operands: words("--conf a=b job.py --retries 3 --heap 1g"),
  });
  assert.deepEqual(read("submit --name x --state-dir y"), {
    command: "submit",
    operands: words("--name x --state-dir y"),
  });
  assert.deepEqual(read("shell -v --version"), { command: "shell", operands: ["-v", "--version"] });
  assert.deepEqual(read("shell -q --help -v"), { command: "help", operands: ["shell"] });
  assert.deepEqual(read("submit job.py -h"), { command: "submit", operands: ["job.py", "-h"] });
  assert.match(complaints(words("submit --retries")).join(), /^Cannot use --retries: its value is missing/);
});

Deno.test("readArgs() reads run with flags in both forms, a repeated one and a short one", () => {
  assert.deepEqual(read("run --heap 2g --conf spark.a=1 --conf=spark.b=2 -q --restart never"), {
    command: "run",
    settings: { heap: "2g", conf: ["spark.a=1", "spark.b=2"], quiet: true, restart: "never" },
  });
  assert.deepEqual(read("run --heap 1g --heap 2g"), { command: "run", settings: { heap: "2g" } });
  assert.deepEqual(read("run"), { command: "run" });
  const { settings } = readArgs(words("run --heap 007 --name 1e3"));
  assert.deepEqual(settings, { heap: "007", name: "1e3" });
});

Deno.test("readArgs() leaves everything from exec's program on to the program", () => {
  const exec = { command: "exec" };
  const table: Readonly<Record<string, Partial<Invocation>>> = {
    "exec --retries 2 -- python x.py --heap 1g": {
      own: { retries: "2" },
      operands: words("python x.py --heap 1g"),
    },
    "exec python x.py -q": { operands: words("python x.py -q") },
    "exec -q python x.py --help": { settings: { quiet: true }, operands: words("python x.py --help") },
    "exec --heap=2g python x.py --conf a=b -- --x": {
      settings: { heap: "2g" },
      operands: words("python x.py --conf a=b -- --x"),
    },
    "exec -- sh -c true -- a -- b": { operands: words("sh -c true -- a -- b") },
    "exec -- --version": { operands: ["--version"] },
    "exec -- 1e3 007 0x10": { operands: words("1e3 007 0x10") },
    "exec 007 1e3": { operands: words("007 1e3") },
  };
  for (const [line, wanted] of Object.entries(table)) {
    assert.deepEqual(read(line), { ...exec, ...wanted }, line);
  }
});

Deno.test("readArgs() hands any program its words unchanged, with and without dashes before it", () => {
  const word = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("--", "-q", "--heap", "--help", "0x10"));
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."pyt3./") }), fc.array(word), (name, rest) => {
    const program = [`/${name}`, ...rest];
    assert.deepEqual(readArgs(["exec", "--retries", "1", "--", ...program]).operands, program);
    assert.deepEqual(readArgs(["exec", "--retries", "1", ...program]).operands, program);
  }));
});

Deno.test("readArgs() reads the switches of status and stop", () => {
  assert.deepEqual(read("status --json --state-dir /s"), {
    command: "status",
    own: { json: true },
    settings: { "state-dir": "/s" },
  });
  assert.deepEqual(read("stop --gateway"), { command: "stop", own: { gateway: true } });
  assert.deepEqual(read("stop"), { command: "stop" });
  assert.deepEqual(read("explain --json a.log - b.log"), {
    command: "explain",
    own: { json: true },
    operands: ["a.log", "-", "b.log"],
  });
  assert.deepEqual(read("explain -- --json"), { command: "explain", operands: ["--json"] });
});

Deno.test("readArgs() leaves the words of incidents to it, with its flags anywhere", () => {
  const bundle = { command: "incidents", own: { output: "x.tgz" }, operands: ["bundle", "2026"] } as const;
  assert.deepEqual(read("incidents bundle 2026 -o x.tgz"), bundle);
  assert.deepEqual(read("incidents -o x.tgz bundle 2026"), bundle);
  assert.deepEqual(read("incidents bundle 2026 --output=x.tgz"), bundle);
  assert.deepEqual(read("incidents show last --json --state-dir /s"), {
    command: "incidents",
    own: { json: true },
    settings: { "state-dir": "/s" },
    operands: ["show", "last"],
  });
});

Deno.test("readArgs() shows help and the version wherever they are asked for", () => {
  for (const line of ["", "--help", "-h", "help"]) assert.deepEqual(read(line), { command: "help" }, line);
  for (const command of ["run", "exec", "status", "stop", "explain", "version"]) {
    for (const flag of ["--help", "-h", "--nonsense --help", "--help nonsense"]) {
      assert.deepEqual(read(`${command} ${flag}`), { command: "help", operands: [command] });
    }
    assert.deepEqual(read(`help ${command}`), { command: "help", operands: [command] });
  }
  for (const line of ["--version", "-V", "version"]) {
    assert.deepEqual(read(line), { command: "version" }, line);
  }
});

Deno.test("readArgs() reports every word it does not understand, with a suggestion", () => {
  const table: Readonly<Record<string, readonly string[]>> = {
    "rnu": ['Cannot understand "rnu": there is no such command / Did you mean "rekindle run"?'],
    "frobnicate": ['Cannot understand "frobnicate": there is no such command / See "rekindle help".'],
    "help rnu": ['Cannot understand "rnu": there is no such command / Did you mean "rekindle run"?'],
    "explain": ["Cannot explain anything: no file is given / Usage: rekindle explain [--json] FILE… | -"],
    "help run exec": [
      'Cannot understand "exec": help takes no further words / Usage: rekindle help [COMMAND]',
    ],
    "toString": ['Cannot understand "toString": there is no such command / See "rekindle help".'],
    "run --heep 2g --memory_mode=off": [
      'Cannot understand --heep: "rekindle run" has no such option / Did you mean --heap?',
      'Cannot understand --memory_mode: "rekindle run" has no such option / Did you mean --memory-mode?',
    ],
    "run job.py": [
      'Cannot understand "job.py": run takes no further words / Usage: rekindle run [options]',
    ],
    "run -- job.py": [
      'Cannot understand "job.py": run takes no further words / Usage: rekindle run [options]',
    ],
    "status -q": ['Cannot understand -q: "rekindle status" has no such option / See "rekindle help status".'],
    "run --retries 2": [
      'Cannot understand --retries: "rekindle run" has no such option / See "rekindle help run".',
    ],
    "exec --json -- true": [
      'Cannot understand --json: "rekindle exec" has no such option / See "rekindle help exec".',
    ],
    "exec": [
      "Cannot run anything: no command is given / Usage: rekindle exec [options] -- CMD [ARG…]",
    ],
    "exec --": [
      "Cannot run anything: no command is given / Usage: rekindle exec [options] -- CMD [ARG…]",
    ],
    "run --heap": ["Cannot use --heap: its value is missing / Usage: rekindle run [options]"],
    "run --heap --conf": [
      "Cannot use --conf: its value is missing / Usage: rekindle run [options]",
      "Cannot use --heap: its value is missing / Usage: rekindle run [options]",
    ],
    "run --heap= --name n": ["Cannot use --heap: its value is missing / Usage: rekindle run [options]"],
    "exec --retries -- true": [
      "Cannot use --retries: its value is missing / Usage: rekindle exec [options] -- CMD [ARG…]",
    ],
  };
  for (const [line, wanted] of Object.entries(table)) {
    assert.deepEqual([...complaints(words(line))].sort(), wanted, line);
  }
});

Deno.test("readArgs() gives settings that resolveSettings() reads", () => {
  const { settings } = readArgs(words("run --heap 2g --conf spark.a=b=c -q --heartbeat 1"));
  const { heapBytes, conf, logLevel, heartbeatMs, origins } = resolveSettings([["flag", settings]]);
  assert.deepEqual([heapBytes, conf, logLevel, heartbeatMs], [2 ** 31, ["spark.a=b=c"], "warn", 1_000]);
  assert.deepEqual(Object.keys(origins).sort(), ["conf", "heap", "heartbeat", "quiet"]);
});

Deno.test("readArgs() takes a true or false behind a switch for a word of its own", () => {
  const table: Readonly<Record<string, readonly [quiet: boolean, operands: readonly string[]]>> = {
    "exec -q true": [true, ["true"]],
    "exec --quiet false x": [true, ["false", "x"]],
    "exec --quiet=false false": [false, ["false"]],
    "exec --heap 2g -q true --quiet false": [true, ["true", "--quiet", "false"]],
    "exec -- true -q true": [false, ["true", "-q", "true"]],
    "exec true -q false": [false, ["true", "-q", "false"]],
  };
  for (const [line, [quiet, operands]] of Object.entries(table)) {
    const read = readArgs(line.split(" "));
    assert.deepEqual([read.settings.quiet === true, read.operands], [quiet, operands], line);
  }
  assert.deepEqual(readArgs(["explain", "--json", "true"]).operands, ["true"]);
});
