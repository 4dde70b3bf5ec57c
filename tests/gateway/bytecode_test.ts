import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "@std/path";
import { Bytecode, type BytecodeNews } from "../../src/gateway/bytecode.ts";
import type { WorkerPython } from "../../src/gateway/warm_up_python.ts";
import { files } from "../../src/runtime/files.ts";
import { ScriptedChild, ScriptedLauncher } from "../fakes/scripted_child.ts";

/** A Spark with PySpark in archives, and a Python that makes what it is told to make. */
class World implements Disposable {
  readonly #folder = Deno.realPathSync(Deno.makeTempDirSync());
  readonly spark = join(this.#folder, "spark");
  readonly kept: string;
  readonly children = new ScriptedLauncher();
  readonly news: BytecodeNews[] = [];
  python: WorkerPython | null = { path: "/bin/python3", version: "3.11" };
  /** How often it was asked who it is. */
  asked = 0;
  /** What it does when it is to compile. */
  compiles = (place: string, child: ScriptedChild) => {
    Deno.mkdirSync(join(place, "python/lib"), { recursive: true });
    Deno.writeTextFileSync(join(place, "python/lib/pyspark.zip"), "compiled");
    child.exit({ code: 0, signal: null });
  };

  constructor(kept = "bytecode") {
    this.kept = join(this.#folder, kept);
    Deno.mkdirSync(join(this.spark, "python/lib"), { recursive: true });
    this.release("4.3.0");
    this.children.onSpawn = ({ args }) => {
      const child = new ScriptedChild();
      this.compiles(args.at(-2) ?? "", child);
      return child;
    };
  }

  /** Another PySpark in the same place. */
  release(version: string): void {
    Deno.writeTextFileSync(join(this.spark, "python/lib/pyspark.zip"), `sources of PySpark ${version}`);
  }

  /** A daemon's. */
  bytecode(): Bytecode {
    return new Bytecode({
      ...{ folder: this.kept, spark: { home: this.spark }, env: { A: "1" }, cwd: "/work", files },
      children: this.children,
      workerPython: () => {
        this.asked++;
        return Promise.resolve(this.python);
      },
      onMade: (news) => void this.news.push(news),
    });
  }

  /** Makes one, as a daemon does when it has nothing else to do. @returns The home for the next start. */
  async made(bytecode = this.bytecode()): Promise<string> {
    await bytecode.home();
    await bytecode.make();
    return await bytecode.home();
  }

  names(): string[] {
    return [...Deno.readDirSync(this.kept)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

Deno.test("home() is Spark's own until one with bytecode is made in the background, and then that", async () => {
  using world = new World();
  const bytecode = world.bytecode();
  strictEqual(await bytecode.home(), world.spark);
  strictEqual(bytecode.state, "none yet for this PySpark and Python");
  strictEqual(world.asked, 0, "a first start does not wait for a Python");
  const making = bytecode.make();
  strictEqual(bytecode.state, "being made");
  strictEqual(await bytecode.home(), world.spark, "a gateway that starts meanwhile");
  await Promise.all([making, bytecode.make()]);
  strictEqual(bytecode.state, "made, for the next start");
  deepStrictEqual(world.news, [{ kind: "made", bytes: 8 }]);
  const home = await bytecode.home();
  strictEqual(bytecode.state, "in use, 8 bytes");
  deepStrictEqual(world.names(), [home.slice(-16), "lock"]);
  const [{ program, args, env, cwd } = world.children.spawned[0]!] = world.children.spawned;
  deepStrictEqual([program, env, cwd], ["/bin/python3", { A: "1" }, "/work"]);
  deepStrictEqual(args.slice(-3), [world.spark, `${home}.partial`, home]);
  await bytecode.make();
  strictEqual(await world.bytecode().home(), home, "the next daemon's as well");
  strictEqual(world.children.spawned.length, 1);
});

Deno.test("another PySpark or Python has another home, and two are kept", async () => {
  using world = new World();
  const first = await world.made();
  world.release("4.3.1, which is larger");
  const second = await world.made();
  deepStrictEqual(world.names().length, 3);
  world.python = { path: "/bin/python3", version: "3.12" };
  const third = await world.made();
  strictEqual(new Set([first, second, third]).size, 3);
  deepStrictEqual(world.names(), [second, third].map((path) => path.slice(-16)).sort().concat("lock"));
});

Deno.test("what cannot be compiled is not tried again by this daemon, and nothing of it is left", async () => {
  using world = new World();
  world.compiles = (place, child) => {
    Deno.mkdirSync(place, { recursive: true });
    child.write("stderr", "Traceback:\n  line\nOSError: No space left on device\n");
    child.exit({ code: 1, signal: null });
  };
  const bytecode = world.bytecode();
  strictEqual(await world.made(bytecode), world.spark);
  strictEqual(bytecode.state, "none, because OSError: No space left on device");
  deepStrictEqual(world.news, [{ kind: "failed", reason: "OSError: No space left on device" }]);
  deepStrictEqual(world.names(), ["lock"]);
  strictEqual(await world.made(bytecode), world.spark);
  strictEqual(world.children.spawned.length, 1);
});

Deno.test("without a Python, or PySpark in an archive, there is none, and the state says so", async () => {
  using world = new World();
  world.python = null;
  const bytecode = world.bytecode();
  strictEqual(await world.made(bytecode), world.spark);
  strictEqual(bytecode.state, "none, because there is no Python for Spark's workers");
  Deno.removeSync(join(world.spark, "python"), { recursive: true });
  const other = world.bytecode();
  strictEqual(await world.made(other), world.spark);
  match(other.state, /^none, because there is no python\/lib\/pyspark\.zip in \S+\/spark$/);
  strictEqual(world.children.spawned.length, 0);
});

Deno.test("one that is gone is made again, and what killed daemons have left is removed", async () => {
  using world = new World();
  const home = await world.made();
  Deno.removeSync(join(home, "python"), { recursive: true });
  Deno.mkdirSync(`${join(world.kept, "0123456789abcdef")}.partial`);
  strictEqual(await world.made(), home);
  deepStrictEqual(world.names(), [home.slice(-16), "lock"]);
  strictEqual(world.children.spawned.length, 2);
});

Deno.test("one is not made while another daemon makes it", async () => {
  using world = new World();
  await files.makeDir(world.kept);
  const lock = await files.tryLock(join(world.kept, "lock"));
  const bytecode = world.bytecode();
  await bytecode.home();
  await bytecode.make();
  strictEqual(bytecode.state, "being made by another daemon");
  deepStrictEqual([world.children.spawned, world.news], [[], []]);
  lock?.release();
});

Deno.test("close() ends what is under way, and leaves nothing of it", async () => {
  using world = new World();
  const started = Promise.withResolvers<ScriptedChild>();
  world.compiles = (place, child) => {
    Deno.mkdirSync(place, { recursive: true });
    started.resolve(child);
  };
  const bytecode = world.bytecode();
  await bytecode.home();
  const making = bytecode.make();
  const child = await started.promise;
  await bytecode.close();
  await making;
  deepStrictEqual(child.received, ["SIGKILL"]);
  deepStrictEqual([world.names(), world.news], [["lock"], []]);
  await bytecode.make();
  strictEqual(world.children.spawned.length, 1);
});

Deno.test("none is made where Python's path would take it for two folders", async () => {
  using world = new World("state:1");
  const bytecode = world.bytecode();
  strictEqual(await world.made(bytecode), world.spark);
  match(bytecode.state, /^none, because there is a colon in \S+\/state:1$/);
  strictEqual(world.children.spawned.length, 0);
});
