import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { blockOf, commandsOf, readPage, withoutRemark } from "../pages.ts";
import { noUsualPorts, OwnNetwork } from "./own_network.ts";
import { Place, ROOT, until } from "./rekindle.ts";
import type { Result } from "./rekindle.ts";
import { sparkInstallations } from "./spark_installations.ts";

/** In an order in which each has what it is about: what removes a death comes last. */
const PAGES = [
  "README.md",
  ...["PROGRAMS", "MEMORY", "API", "DOCTOR", "INCIDENTS", "SUBMIT", "CLUSTERS"].map((name) =>
    `docs/${name}.md`
  ),
  "systemd/README.md",
];

interface Elsewhere {
  readonly command: string;
  readonly why: string;
  /** The file that runs it, or what it runs. */
  readonly by: string;
  /** What is run here in its place. */
  readonly instead?: string;
}

const SERVICE = { why: "it takes systemd", by: "tests/real/systemd_test.ts" };
const MINUTES = "it takes minutes";
const PACKAGES = { why: "it fetches packages", by: "tests/api/openapi_test.ts" };

/** What cannot be run here as it is written. */
const ELSEWHERE: readonly Elsewhere[] = [
  { command: "rekindle drill --all", why: MINUTES, by: "tests/real/drill_test.ts" },
  { command: "rekindle doctor --deep", why: MINUTES, by: "tests/real/doctor_test.ts" },
  { command: "./denow task test", why: "it runs this test", by: "tools/test.ts" },
  { command: "./denow task ok", why: "it runs this test", by: "tools/test.ts" },
  { command: "./denow task chaos", why: "it takes an hour", by: "tests/real/chaos_test.ts" },
  { command: "./denow task bench", why: MINUTES, by: "bench/bench.ts" },
  {
    ...SERVICE,
    command: "rekindle service install --instance etl --python /opt/etl/bin/python",
    instead: "rekindle service install --instance etl --python /opt/etl/bin/python --dry-run",
  },
  {
    ...SERVICE,
    command: "rekindle service remove --instance etl",
    instead: "rekindle service remove --instance etl --dry-run",
  },
  { ...SERVICE, command: "sudo -u rekindle rekindle exec --name etl -- python job.py" },
  {
    ...SERVICE,
    command: "sudo ./rekindle service install --instance etl --python /opt/etl/bin/python --heap 4g",
    instead: "./rekindle service install --instance etl --python /opt/etl/bin/python --heap 4g --dry-run",
  },
  { ...SERVICE, command: "sudo -u rekindle rekindle exec --name etl -- /opt/etl/bin/python job.py" },
  {
    ...SERVICE,
    command:
      "openssl rand -hex 32 | sudo install -D -m 0600 /dev/stdin /etc/credstore/rekindle.etl.api-token",
  },
  { ...SERVICE, command: "systemctl set-property rekindle@etl MemoryMax=8G" },
  {
    command: "rekindle run --conf spark.master=spark://head:7077 --conf spark.executor.memory=8g",
    why: "it takes a cluster",
    by: "tests/real/cluster_test.ts",
  },
  {
    command:
      'curl --unix-socket "$XDG_RUNTIME_DIR/rekindle/api.sock" -C - -O http://localhost/v1/incidents/last/artifacts/heap.hprof.gz',
    why: "a heap dump takes --heap-dump",
    by: "tests/real/heap_dump_test.ts",
  },
  { ...PACKAGES, command: "pip install openapi-python-client" },
  {
    ...PACKAGES,
    command:
      "openapi-python-client generate --url http://127.0.0.1:7433/openapi.json --meta none --output-path rekindle_client",
  },
  {
    ...PACKAGES,
    command: "npm install openapi-fetch && npm install -D openapi-typescript typescript@5",
  },
  {
    ...PACKAGES,
    command: "npx openapi-typescript http://127.0.0.1:7433/openapi.json -o rekindle.d.ts",
  },
  { command: "./denow run -A bench/heal.ts --attempts 3", why: MINUTES, by: "bench/heal.ts" },
  {
    command: './denow run -A bench/heal.ts --attempts 3 --spark 4.3.0 --only "Python workers"',
    why: MINUTES,
    by: "bench/heal.ts",
  },
  { command: "./denow run -A bench/submissions.ts", why: MINUTES, by: "tests/real/submit_test.ts" },
  {
    command: "./denow run -A bench/submissions.ts --spark 4.3.0 --only '^--files'",
    why: MINUTES,
    by: "tests/real/submit_test.ts",
  },
];

/** A daemon in the foreground: what follows is typed in another terminal. */
const DAEMON = /^(?:\.\/)?rekindle run$/;
/** These go on until Ctrl-C. */
const ENDLESS = /^rekindle \w+ -f\b|^curl -N /;

/** The least that is a job. */
const JOB =
  "from pyspark.sql import SparkSession\nassert SparkSession.builder.getOrCreate().range(10).count() == 10\n";

/** A user at a terminal, who is new: an empty home, and in the working folder what is his. */
class Newcomer implements AsyncDisposable {
  readonly #place: Place;
  readonly #network: OwnNetwork;
  readonly #daemons: Promise<Deno.CommandStatus>[] = [];
  #count = 0;

  private constructor(place: Place, network: OwnNetwork) {
    this.#place = place;
    this.#network = network;
  }

  static async arrive(): Promise<Newcomer> {
    const [spark] = sparkInstallations();
    ok(spark !== undefined);
    const newcomer = new Newcomer(await Place.make(spark), await OwnNetwork.make());
    const { folder } = newcomer.#place;
    for (const name of ["run", "outputs", "clone"]) await Deno.mkdir(join(folder, name), { mode: 0o700 });
    for (const name of ["rekindle", "examples"]) {
      await Deno.symlink(join(ROOT, name), join(folder, "clone", name));
    }
    const put = (name: string, text: string) => Deno.writeTextFile(join(folder, "clone", name), text);
    await put("job.py", JOB);
    for (const name of ["driver.log", "hs_err_pid4242.log.gz"]) {
      await put(name, "java.lang.OutOfMemoryError: Java heap space\n");
    }
    await put("rekindle.json", blockOf(await readPage("README.md"), "json"));
    return newcomer;
  }

  get #env(): Record<string, string> {
    const { env, folder } = this.#place;
    const usual = Object.entries(env).filter(([name]) => !name.startsWith("REKINDLE_"));
    return {
      ...Object.fromEntries(usual),
      PATH: `${ROOT}:${env.PATH}`,
      XDG_RUNTIME_DIR: join(folder, "run"),
    };
  }

  /** What still runs here. */
  get processes(): readonly string[] {
    return this.#place.processes().filter((line) => !line.includes("sleep infinity"));
  }

  get leftInTemporary(): readonly string[] {
    return this.#place.temporary();
  }

  /** Types a command, and Ctrl-C once an endless one has said something. */
  async type(command: string): Promise<Result> {
    const { status, pid, output } = this.#start(command);
    if (DAEMON.test(withoutRemark(command))) {
      this.#daemons.push(status);
      return await this.type("rekindle wait --ready");
    }
    if (ENDLESS.test(command)) {
      let ended = false;
      void status.then(() => ended = true);
      await until(async () => ended || await output("out") !== "");
      const said = { stdout: await output("out"), stderr: await output("err") };
      if (ended) return { code: (await status).code, ...said };
      Deno.kill(-pid, "SIGINT");
      await status;
      return { code: 0, ...said };
    }
    const { code } = await status;
    return { code, stdout: await output("out"), stderr: await output("err") };
  }

  /** The exit codes of the daemons of the foreground. */
  async ofDaemons(): Promise<readonly number[]> {
    return (await Promise.all(this.#daemons)).map(({ code }) => code);
  }

  #start(command: string) {
    const base = join(this.#place.folder, "outputs", String(this.#count++));
    // A program in the background would hold a pipe open.
    const script = `{ ${command}\n} >${base}.out 2>${base}.err`;
    const [program = "sh", ...args] = [...this.#network.enter, "sh", "-c", script];
    const child = new Deno.Command(program, {
      args,
      cwd: join(this.#place.folder, "clone"),
      env: this.#env,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // As a terminal has it: Ctrl-C goes to the whole group.
      detached: true,
    }).spawn();
    const output = (stream: string) => Deno.readTextFile(`${base}.${stream}`).catch(() => "");
    return { status: child.status, pid: child.pid, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#network[Symbol.asyncDispose]();
    await this.#place[Symbol.asyncDispose]();
  }
}

/** Zero, and what the remark names. */
function expectedCodes(command: string): readonly number[] {
  return [0, ...command.matchAll(/exit code (\d+)/g).map(([, code]) => Number(code))];
}

const reason = await noUsualPorts();

Deno.test({
  name: "every command of the documentation runs as it is written, for who is new" +
    (reason === null ? "" : ` (not here: ${reason})`),
  ignore: reason !== null,
  fn: async (test) => {
    await using newcomer = await Newcomer.arrive();
    for (const path of PAGES) {
      for (const command of commandsOf(await readPage(path))) {
        const other = ELSEWHERE.find((each) => each.command === withoutRemark(command));
        const typed = other === undefined ? command : other.instead;
        if (typed === undefined) continue;
        await test.step(`${path}: ${typed}`, async () => {
          const { code, stdout, stderr } = await newcomer.type(typed);
          ok(expectedCodes(command).includes(code), `exit code ${code}\n${stdout}${stderr}`);
          // To curl, what is refused is an answer like any other.
          if (command.startsWith("curl")) ok(!/"status":\s?(?:401|403|404|5\d\d)\b/.test(stdout), stdout);
        });
      }
    }
    strictEqual((await newcomer.type("rekindle stop")).code, 0);
    deepStrictEqual(await newcomer.ofDaemons(), [0]);
    deepStrictEqual(newcomer.processes, []);
    deepStrictEqual(newcomer.leftInTemporary, []);
  },
});

Deno.test("what is run elsewhere stands in the documentation, and where it is run is there", async () => {
  const typed = (await Promise.all(PAGES.map(readPage))).flatMap(commandsOf).map(withoutRemark);
  deepStrictEqual(ELSEWHERE.map(({ command }) => command).filter((command) => !typed.includes(command)), []);
  for (const { by } of ELSEWHERE) await Deno.stat(join(ROOT, by));
});
