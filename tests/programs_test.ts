import assert from "node:assert/strict";
import { Programs } from "../src/programs.ts";
import { Relay } from "../src/relay/relay.ts";
import { loopback } from "../src/runtime/net.ts";
import { transition } from "../src/core/transition.ts";
import { frontOf } from "../src/core/pool/front.ts";
import { initialPool, SINGLE } from "../src/core/pool/pool.ts";
import type { Input } from "../src/core/lifecycle.ts";
import { ManualClock } from "./fakes/manual_clock.ts";
import { ScriptedMachine } from "./fakes/scripted_machine.ts";
import { at, COMMANDS, NOW_MS, REPORTS, SAMPLES } from "./core/samples.ts";

const boundBy = (lease: string) => ({ kind: "bound", lease, generation: 1, remotePort: 1 }) as const;
const APPLICANT = { by: "a test", pid: null };
const ENDPOINT = { port: 1, secret: "of the gateway" };

/** Programs behind a relay that nobody calls. */
function programsOf(pinThread = "true") {
  const clock = new ManualClock();
  const machine = new ScriptedMachine();
  const relay = new Relay({
    ...{ port: 0, clock, loopback, machine, userId: null },
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onEvent: () => {},
  });
  const programs = new Programs(relay, { clock, machine, pinThread });
  const step = (before: typeof SAMPLES.ready | typeof SAMPLES.warming, input: Input) => {
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
