import assert from "node:assert/strict";
import type { IssuedLease } from "../../src/relay/relay.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import type { RawConnection } from "../fakes/raw_connection.ts";
import { RawGateway } from "./raw_gateway.ts";
import { ANSWER, CALL, RelayWorld, SENTENCE } from "./relay_world.ts";

const HOUR_MS = 3_600_000;
const SERVED = /^!yL\d+$/;

/** A relay whose gateways are one program's each. */
function lineUp(): RelayWorld {
  return new RelayWorld({ holdMs: 60_000 }, true);
}

/** A program that stands in line, alone or behind others. */
async function inLine(world: RelayWorld, { secret }: IssuedLease): Promise<RawConnection> {
  const { held } = world.relay.snapshot();
  const program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === held + 1);
  return program;
}

Deno.test("a second program waits while the first has the gateway, and goes on with the next one", async () => {
  await using one = new FakePy4jServer();
  await using two = new FakePy4jServer();
  await using world = lineUp();
  world.ready(one);
  const [first, second] = [await world.lease(), await world.lease()];
  using having = await world.program(first.secret);
  assert.deepEqual(world.relay.snapshot().front, { kind: "busy" });
  using waiting = await inLine(world, second);
  world.ready(two, 2);
  assert.equal(await waiting.line(), "!yv");
  for (const program of [having, waiting]) assert.match(await program.ask(CALL) ?? "", SERVED);
  assert.equal(world.relay.outcome(first.id)?.generation, 1);
  assert.equal(world.relay.outcome(second.id)?.generation, 2);
  assert.deepEqual(world.relay.snapshot().front, { kind: "busy" });
});

Deno.test("who is in line waits for hours, and then as long for a start as everybody", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  const first = await world.lease();
  using having = await world.program(first.secret);
  using waiting = await inLine(world, await world.lease());
  using late = await inLine(world, await world.lease());
  assert.deepEqual(world.clock.pendingMs, [], "nothing but another front ends this wait");
  await world.clock.advance(HOUR_MS);
  assert.equal(world.relay.snapshot().held, 2);
  // Its gateway ends with the first program, and another one starts.
  having[Symbol.dispose]();
  world.relay.end(first.id);
  world.relay.gatewayLost(1, SENTENCE);
  world.relay.face({ kind: "coming" });
  await world.clock.advance(0);
  assert.deepEqual(world.clock.pendingMs, [60_000, 60_000]);
  await world.clock.advance(59_999);
  assert.equal(world.relay.snapshot().held, 2);
  world.ready(server, 2);
  assert.equal(await waiting.line(), "!yv");
  assert.match(await waiting.ask(CALL) ?? "", SERVED);
  await world.until(() => world.relay.snapshot().held === 1);
  world.relay.face({ kind: "coming" });
  await world.clock.advance(0);
  assert.deepEqual(world.clock.pendingMs, [60_000]);
  await world.clock.advance(60_000);
  assert.equal(await late.line(), "!yv");
  assert.match(await late.ask(CALL) ?? "", /^!xsrekindle: no gateway became ready within 60 s/);
});

Deno.test("a program that leaves the line is forgotten", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  using _having = await world.program((await world.lease()).secret);
  const waiting = await inLine(world, await world.lease());
  waiting[Symbol.dispose]();
  await world.until(() => world.relay.snapshot().connections === 1);
  assert.equal(world.relay.snapshot().held, 0);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("of two that wait for one gateway one gets it, and the other stays in line", async () => {
  using gateway = new RawGateway();
  await using next = new FakePy4jServer();
  await using world = lineUp();
  const leases = [await world.lease(), await world.lease()];
  using one = await inLine(world, leases[0] as IssuedLease);
  using two = await inLine(world, leases[1] as IssuedLease);
  world.ready(gateway);
  // Both have called before either is let in.
  const calls = [await gateway.accept(), await gateway.accept()];
  for (const call of calls) await call.expect(`A\n${gateway.secret}\n`);
  for (const call of calls) await call.send("!yv\n");
  await world.until(() => world.events.some(({ kind }) => kind === "bound"));
  await world.until(() => world.relay.snapshot().held === 1);
  const states = leases.map(({ id }) => world.relay.outcome(id)?.state);
  assert.deepEqual([...states].sort(), ["bound", "issued"]);
  const waits = states[0] === "issued" ? one : two;
  const has = waits === one ? two : one;
  assert.equal(await has.line(), "!yv");
  world.ready(next, 2);
  assert.equal(await waits.line(), "!yv");
  assert.match(await waits.ask(CALL) ?? "", SERVED);
  assert.equal(world.events.filter(({ kind }) => kind === "bound").length, 2);
});

Deno.test("a program is not joined with a gateway that takes no new ones any more since it was called", async () => {
  for (const exclusive of [true, false]) {
    using first = new RawGateway();
    await using second = new FakePy4jServer();
    await using world = new RelayWorld({}, exclusive);
    world.ready(first);
    const { id, secret } = await world.lease();
    using program = await world.knock(secret);
    const call = await first.accept();
    await call.expect(`A\n${first.secret}\n`);
    world.ready(second, 2);
    await call.send("!yv\n");
    await world.until(() => world.relay.outcome(id)?.state === "bound");
    assert.equal(world.relay.outcome(id)?.generation, 2, `exclusive: ${exclusive}`);
    assert.equal(await call.rest(), "");
    assert.equal(await program.line(), "!yv");
    assert.match(await program.ask(CALL) ?? "", SERVED);
  }
});

Deno.test("a program may have as many connections as it likes to what is its own", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  const { id, secret } = await world.lease();
  using one = await world.program(secret);
  using two = await world.program(secret);
  for (const each of [one, two]) assert.match(await each.ask(CALL) ?? "", SERVED);
  assert.equal(world.relay.outcome(id)?.generation, 1);
  assert.equal(world.events.filter(({ kind }) => kind === "bound").length, 1);
});

Deno.test("a gateway whose program is gone can be had again, and not before", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  const first = await world.lease();
  using _having = await world.program(first.secret);
  using waiting = await inLine(world, await world.lease());
  world.relay.face({ kind: "ready", generation: 1 });
  assert.deepEqual(world.relay.snapshot().front, { kind: "busy" });
  world.relay.end(first.id);
  assert.equal(world.relay.snapshot().held, 1);
  world.relay.face({ kind: "ready", generation: 1 });
  assert.equal(await waiting.line(), "!yv");
  assert.match(await waiting.ask(CALL) ?? "", SERVED);
  // What has ended before takes nothing from who has it now.
  world.relay.end(first.id);
  world.relay.face({ kind: "ready", generation: 1 });
  assert.deepEqual(world.relay.snapshot().front, { kind: "busy" });
});

Deno.test("the end of a lease that has no gateway frees none", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  using _having = await world.program((await world.lease()).secret);
  const other = await world.lease();
  using waiting = await inLine(world, other);
  world.relay.end(other.id);
  assert.equal(await waiting.line(), null);
  world.relay.face({ kind: "ready", generation: 1 });
  assert.deepEqual(world.relay.snapshot().front, { kind: "busy" });
});

Deno.test("a number that is given again is nobody's: what was taken goes with its gateway", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  using lost = await world.program((await world.lease()).secret);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await lost.ask(CALL), ANSWER);
  world.ready(server);
  assert.deepEqual(world.relay.snapshot().front, { kind: "ready", generation: 1 });
});

Deno.test("the next program of the same secret gets the next gateway, and one that lives keeps its own", async () => {
  await using one = new FakePy4jServer();
  await using two = new FakePy4jServer();
  await using world = lineUp();
  world.ready(one);
  const lease = await world.lease();
  const before = await world.program(lease.secret);
  world.ready(two, 2);
  using again = await world.program(lease.secret);
  assert.match(await again.ask(CALL) ?? "", SERVED);
  assert.equal(world.relay.outcome(lease.id)?.generation, 1, "it lives");
  for (const each of [before, again]) each[Symbol.dispose]();
  await world.until(() => world.relay.snapshot().connections === 0);
  world.relay.renew(lease.id);
  assert.deepEqual(world.relay.outcome(lease.id), { state: "issued", generation: null, loss: null });
  using next = await world.program(lease.secret);
  assert.match(await next.ask(CALL) ?? "", SERVED);
  assert.equal(world.relay.outcome(lease.id)?.generation, 2);
  // The first one is free since, and can be had.
  world.relay.face({ kind: "ready", generation: 1 });
  assert.deepEqual(world.relay.snapshot().front, { kind: "ready", generation: 1 });
});

Deno.test("a lease that is over is not renewed, nor is one that was never given", async () => {
  await using server = new FakePy4jServer();
  await using world = lineUp();
  world.ready(server);
  const { id, secret } = await world.lease();
  world.relay.end(id);
  world.relay.renew(id);
  world.relay.renew("4711");
  assert.equal(world.relay.outcome(id)?.state, "ended");
  using late = await world.knock(secret);
  assert.match(await late.line() ?? "", /bad auth token/);
});

Deno.test("a lease whose gateway was lost is renewed too, and forgotten no sooner than others", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ memoryMs: 60_000 }, true);
  world.ready(server);
  const { id, secret } = await world.lease();
  const before = await world.program(secret);
  world.relay.gatewayLost(1, SENTENCE);
  before[Symbol.dispose]();
  await world.until(() => world.relay.snapshot().connections === 0);
  world.relay.renew(id);
  await world.clock.advance(HOUR_MS);
  await world.lease();
  world.ready(server, 2);
  using next = await world.program(secret);
  assert.match(await next.ask(CALL) ?? "", SERVED);
});
