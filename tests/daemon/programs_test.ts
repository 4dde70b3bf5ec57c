import assert from "node:assert/strict";
import { Programs } from "../../src/daemon/programs.ts";
import { Relay } from "../../src/relay/relay.ts";
import { loopback } from "../../src/runtime/net.ts";
import { transition } from "../../src/core/transition.ts";
import { frontOf } from "../../src/core/pool/front.ts";
import { initialPool, SINGLE } from "../../src/core/pool/pool.ts";
import type { Input, SupervisorState } from "../../src/core/lifecycle.ts";
import type { PoolInput } from "../../src/core/pool/step.ts";
import { randomBytes } from "../../src/runtime/random_bytes.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RawConnection } from "../fakes/raw_connection.ts";
import { ScriptedMachine } from "../fakes/scripted_machine.ts";
import { at, COMMANDS, NOW_MS, REPORTS, SAMPLES } from "../core/samples.ts";

const boundBy = (lease: string) => ({ kind: "bound", lease, generation: 1, remotePort: 1 }) as const;
const APPLICANT = { by: "a test", pid: null };
const ENDPOINT = { port: 1, secret: "of the gateway" };

/** Programs behind a relay that nobody calls. */
function programsOf(pinThread = "true") {
  const clock = new ManualClock();
  const machine = new ScriptedMachine();
  const relay = new Relay({
    ...{ port: 0, clock, loopback, machine, userId: null },
    randomBytes,
    onEvent: () => {},
  });
  const programs = new Programs(relay, { clock, machine, pinThread });
  const step = (before: SupervisorState, input: Input) => {
    const { state: after, effects } = transition(before, input, at(NOW_MS));
    programs.follow({ before, after, input, effects }, () => ENDPOINT);
    programs.face(frontOf(initialPool(after), SINGLE));
  };
  return { relay, programs, step };
}

Deno.test("the relay follows the gateway: ready, lost, coming", async () => {
  const { relay, step } = programsOf();
  assert.equal(relay.snapshot().front.kind, "coming");
  step(SAMPLES.warming, REPORTS.attached(SAMPLES.warming));
  assert.deepEqual(relay.snapshot().front, { kind: "ready", generation: SAMPLES.warming.generation });
  step(SAMPLES.ready, COMMANDS.restart);
  assert.equal(relay.snapshot().front.kind, "coming");
  step(SAMPLES.ready, COMMANDS.stop);
  assert.equal(relay.snapshot().front.kind, "hopeless");
  await relay.close();
});

Deno.test("a lease is the program's own, and knows the way in", async () => {
  const { relay, programs } = programsOf();
  const [one, two] = [await programs.lease(APPLICANT), await programs.lease(APPLICANT)];
  assert.ok(one !== null && two !== null);
  assert.notEqual(one.secret, two.secret);
  assert.deepEqual([one.port, one.pinThread], [relay.port, "true"]);
  assert.deepEqual(programs.outcome(one.id), { state: "issued", generation: null, loss: null });
  assert.equal(programs.end(one.id)?.state, "ended");
  assert.equal(programs.outcome("unheard of"), null);
  await relay.close();
});

Deno.test("the file gets another lease when a program has come by the one in it, and only then", async () => {
  const { relay, programs } = programsOf();
  let taken = 0;
  programs.onFileTaken = () => taken++;
  await programs.lease(APPLICANT);
  const way = await programs.forFile();
  const [other, inFile] = relay.snapshot().leases;
  assert.ok(way !== null && other !== undefined && inFile !== undefined);
  programs.bound(boundBy(other.id));
  assert.equal(taken, 0);
  programs.bound(boundBy(inFile.id));
  programs.bound(boundBy(inFile.id));
  assert.equal(taken, 1);
  await relay.close();
});

Deno.test("programs with unpinned threads get the gateway's own secret, once there is one", async () => {
  const { relay, programs, step } = programsOf("false");
  let renewed = 0;
  programs.onFileTaken = () => renewed++;
  assert.equal(await programs.forFile(), null);
  step(SAMPLES.warming, REPORTS.attached(SAMPLES.warming));
  assert.equal(renewed, 1);
  assert.equal((await programs.forFile())?.secret, ENDPOINT.secret);
  await relay.close();
});

const PROGRAM = { pid: 77, startTicks: 9_000 };
/** Two looks in a row. */
const GONE_MS = 4_000;

/** Programs that come to a gateway through a relay. */
class Scene implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly machine = new ScriptedMachine();
  readonly told: PoolInput[] = [];
  readonly server = new FakePy4jServer();
  readonly relay: Relay;
  readonly programs: Programs;

  constructor() {
    const { clock, machine } = this;
    this.relay = new Relay({
      ...{ port: 0, clock, loopback, machine, userId: null },
      randomBytes,
      onEvent: (event) => {
        if (event.kind === "bound") this.programs.bound(event);
      },
    });
    this.programs = new Programs(this.relay, { clock, machine, pinThread: "true" });
    this.programs.onInput = (input) => this.told.push(input);
    this.serves(1);
  }

  /** A gateway takes new programs. */
  serves(generation: number): void {
    const { port, secret } = this.server;
    this.relay.gatewayReady({ generation, port, secret });
    this.relay.face({ kind: "ready", generation });
  }

  /** A process lives. */
  lives({ pid, startTicks }: typeof PROGRAM): void {
    this.machine.vitals.set(pid, { state: "S", startTicks, cpuMs: 0, tracerPid: 0, residentBytes: null });
  }

  /** A program is let in by a secret. */
  async comes(secret: string): Promise<RawConnection> {
    const program = await RawConnection.open(this.relay.port);
    await program.send(`A\n${secret}\n`);
    assert.equal(await program.line(), "!yv");
    return program;
  }

  /** It hangs up, and the relay knows. */
  async hangsUp(program: RawConnection): Promise<void> {
    const { connections } = this.relay.snapshot();
    program[Symbol.dispose]();
    while (this.relay.snapshot().connections === connections) await this.clock.advance(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.programs.close();
    await this.relay.close();
    await this.server[Symbol.asyncDispose]();
    assert.deepEqual(this.clock.pendingMs, []);
  }
}

Deno.test("it is told which program comes, and that it is gone when its lease ends", async () => {
  await using scene = new Scene();
  const lease = await scene.programs.lease(APPLICANT);
  const unused = await scene.programs.lease(APPLICANT);
  assert.ok(lease !== null && unused !== null);
  using _program = await scene.comes(lease.secret);
  const met = { generation: 1, lease: lease.id };
  assert.deepEqual(scene.told, [{ kind: "bound", ...met }]);
  scene.programs.end(unused.id);
  scene.programs.end("unheard of");
  assert.equal(scene.told.length, 1, "one that has met no gateway leaves none");
  scene.programs.end(lease.id);
  assert.deepEqual(scene.told.slice(1), [{ kind: "released", ...met }]);
});

Deno.test("a lease ends when the process is gone that asked for it", async () => {
  await using scene = new Scene();
  scene.lives(PROGRAM);
  const lease = await scene.programs.lease({ by: "a test", pid: PROGRAM.pid });
  assert.ok(lease !== null);
  // Whoever is at the other end does not matter: it may be a child.
  scene.machine.holder = { pid: 78, startTicks: 1 };
  const program = await scene.comes(lease.secret);
  await scene.hangsUp(program);
  await scene.clock.advance(60_000);
  assert.equal(scene.programs.outcome(lease.id)?.state, "bound");
  scene.machine.vitals.delete(PROGRAM.pid);
  await scene.clock.advance(GONE_MS);
  assert.equal(scene.programs.outcome(lease.id)?.state, "ended");
  assert.deepEqual(scene.told.at(-1), { kind: "released", generation: 1, lease: lease.id });
});

Deno.test("a lease ends with its program where nobody else is known to want it", async () => {
  for (const pid of [null, 4_711]) {
    await using scene = new Scene();
    scene.lives(PROGRAM);
    scene.machine.holder = PROGRAM;
    const lease = await scene.programs.lease({ by: "a test", pid });
    assert.ok(lease !== null);
    const program = await scene.comes(lease.secret);
    await scene.hangsUp(program);
    await scene.clock.advance(60_000);
    assert.equal(scene.programs.outcome(lease.id)?.state, "bound");
    scene.machine.vitals.delete(PROGRAM.pid);
    await scene.clock.advance(GONE_MS);
    assert.equal(scene.programs.outcome(lease.id)?.state, "ended");
    assert.equal(scene.told.filter(({ kind }) => kind === "released").length, 1);
  }
});

Deno.test("a lease of the file is renewed when its program is gone, and its gateway is free", async () => {
  await using scene = new Scene();
  scene.machine.holder = PROGRAM;
  const way = await scene.programs.forFile();
  const id = scene.relay.snapshot().leases[0]?.id ?? "";
  assert.ok(way !== null);
  await scene.hangsUp(await scene.comes(way.secret));
  await scene.clock.advance(GONE_MS);
  assert.deepEqual(scene.programs.outcome(id), { state: "issued", generation: null, loss: null });
  scene.serves(2);
  using _next = await scene.comes(way.secret);
  assert.deepEqual(scene.told, [
    { kind: "bound", generation: 1, lease: id },
    { kind: "released", generation: 1, lease: id },
    { kind: "bound", generation: 2, lease: id },
  ]);
});

Deno.test("a lease of the file that has lost its gateway is as good as new for the next program", async () => {
  await using scene = new Scene();
  scene.machine.holder = PROGRAM;
  const way = await scene.programs.forFile();
  const id = scene.relay.snapshot().leases[0]?.id ?? "";
  assert.ok(way !== null);
  const program = await scene.comes(way.secret);
  scene.relay.gatewayLost(1, "rekindle: it was lost");
  await scene.hangsUp(program);
  await scene.clock.advance(GONE_MS);
  assert.equal(scene.programs.outcome(id)?.state, "issued");
  assert.deepEqual(scene.told.at(-1), { kind: "released", generation: 1, lease: id });
});

Deno.test("so many leases of the file are kept for shells, and none of a living program is taken", async () => {
  await using scene = new Scene();
  scene.machine.holder = PROGRAM;
  const living = await scene.programs.forFile();
  assert.ok(living !== null);
  using program = await scene.comes(living.secret);
  for (let count = 0; count < 70; count++) {
    const way = await scene.programs.forFile();
    assert.ok(way !== null);
    await scene.hangsUp(await scene.comes(way.secret));
  }
  const ids = scene.relay.snapshot().leases.map(({ id }) => id);
  await scene.clock.advance(GONE_MS);
  const states = ids.map((id) => scene.programs.outcome(id)?.state);
  const ended = Array.from({ length: 6 }, () => "ended");
  const kept = Array.from({ length: 64 }, () => "issued");
  assert.deepEqual(states, ["bound", ...ended, ...kept]);
  assert.match(await program.ask("c\nz:java.lang.System\ncurrentTimeMillis\ne\n") ?? "", /^!yL/);
});

Deno.test("nobody is looked after any more once it is closed", async () => {
  await using scene = new Scene();
  scene.machine.holder = PROGRAM;
  const lease = await scene.programs.lease(APPLICANT);
  assert.ok(lease !== null);
  await scene.hangsUp(await scene.comes(lease.secret));
  scene.programs.close();
  await scene.clock.advance(60 * 60_000);
  assert.equal(scene.programs.outcome(lease.id)?.state, "bound");
});

Deno.test("programs are told the verdict when it is there", async () => {
  const { relay, step } = programsOf();
  const told: (readonly [number, string])[] = [];
  relay.gatewayExplained = (generation, sentence) => void told.push([generation, sentence]);
  step(SAMPLES.dead, REPORTS.collected(SAMPLES.dead));
  step(SAMPLES.ready, COMMANDS.stop);
  const [[generation, sentence] = [0, ""], ...others] = told;
  assert.deepEqual([generation, others], [SAMPLES.dead.generation, []]);
  assert.match(
    sentence,
    /^rekindle: gateway JVM \(generation \d+\) was lost: [a-z-]+\. .* Memory: .*restart the program\.$/,
  );
  await relay.close();
});
