import assert from "node:assert/strict";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { ANSWER, CALL, RelayWorld, SENTENCE } from "./relay_world.ts";

const BAD_SECRET = "!xsAuthentication error: bad auth token received.";

Deno.test("the end of a lease closes what still holds its connections, and its secret is nobody's", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { id, secret } = await world.lease();
  const other = await world.lease();
  using child = await world.program(secret);
  using neighbour = await world.program(other.secret);
  assert.deepEqual(world.relay.end(id), { state: "ended", generation: 1, loss: null });
  assert.equal(await child.line(), null);
  using late = await world.knock(secret);
  assert.equal(await late.line(), BAD_SECRET);
  assert.match(await neighbour.ask(CALL) ?? "", /^!yL/);
  assert.deepEqual(world.relay.end(id), { state: "ended", generation: 1, loss: null });
  assert.equal(world.relay.end("4711"), null);
});

Deno.test("the end of a lease reaches a program that waits, and one that has lost its gateway", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  const waits = await world.lease();
  using held = await world.knock(waits.secret);
  await world.until(() => world.relay.snapshot().held === 1);
  world.relay.end(waits.id);
  assert.equal(await held.line(), null);
  world.ready(server);
  const loses = await world.lease();
  using lost = await world.program(loses.secret);
  world.relay.gatewayLost(1, SENTENCE);
  world.relay.end(loses.id);
  assert.equal(await lost.line(), null);
});

Deno.test("a program whose threads are not pinned gets the gateway's own secret, for that gateway only", async () => {
  await using first = new FakePy4jServer();
  await using second = new FakePy4jServer();
  await using world = new RelayWorld();
  const issue = () => world.relay.issue({ pinned: false, by: "a test" });
  assert.equal(await issue(), null);
  world.ready(first);
  const lease = await issue();
  assert.equal(lease?.secret, first.secret);
  using program = await world.program(first.secret);
  assert.match(await program.ask(CALL) ?? "", /^!yL/);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await issue(), null);
  using late = await world.program(first.secret);
  assert.equal(await late.ask(CALL), ANSWER);
  // The fakes share their secret, as no two gateways do; the newest lease has it now.
  world.ready(second, 2);
  assert.equal((await issue())?.secret, second.secret);
  using next = await world.program(second.secret);
  assert.match(await next.ask(CALL) ?? "", /^!yL/);
});

Deno.test("programs that share the gateway's secret live until the last of them ends", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const one = await world.relay.issue({ pinned: false, by: "one" });
  using first = await world.program(server.secret);
  const two = await world.relay.issue({ pinned: false, by: "two" });
  using second = await world.program(server.secret);
  assert.ok(one !== null && two !== null);
  world.relay.end(one.id);
  assert.match(await first.ask(CALL) ?? "", /^!yL/);
  world.relay.end(two.id);
  assert.equal(await first.line(), null);
  assert.equal(await second.line(), null);
});

Deno.test("the gateway's own secret is good for nothing when threads are pinned", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  await world.lease();
  using program = await world.knock(server.secret);
  assert.equal(await program.line(), BAD_SECRET);
});

Deno.test("leases that are over are forgotten after their time, and the oldest of too many", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ memoryMs: 3_600_000, remembered: 2 });
  world.ready(server);
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) {
    const { id, secret } = await world.lease();
    using _program = await world.program(secret);
    ids.push(id);
    world.relay.end(id);
    await world.until(() => world.relay.snapshot().connections === 0);
    await world.clock.advance(1);
  }
  const living = await world.lease();
  const remembered = () => ids.filter((id) => world.relay.outcome(id) !== null);
  assert.deepEqual(remembered(), ids.slice(1));
  await world.clock.advance(3_600_000);
  await world.lease();
  assert.deepEqual(remembered(), []);
  assert.equal(world.relay.outcome(living.id)?.state, "issued");
});

Deno.test("the snapshot tells who is there", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server, 3);
  const { secret } = await world.lease();
  using program = await world.program(secret);
  await program.ask(CALL);
  await world.lease();
  const { leases, connections, front, port, events } = world.relay.snapshot();
  const issuedMs = world.clock.date().getTime();
  assert.deepEqual({ connections, front, port }, {
    connections: 1,
    front: { kind: "ready", generation: 3 },
    port: world.relay.port,
  });
  assert.deepEqual(leases, [
    { id: "1", by: "a test", issuedMs, connections: 1, state: "bound", generation: 3, loss: null },
    { id: "2", by: "a test", issuedMs, connections: 0, state: "issued", generation: null, loss: null },
  ]);
  assert.equal(events.bound, 1);
});

Deno.test("close() hangs up on everybody: those at the door, those who wait, and those who work", async () => {
  using open = new DisposableStack();
  await using server = new FakePy4jServer();
  const world = new RelayWorld();
  const silent = open.use(await world.connect());
  const waiting = open.use(await world.knock((await world.lease()).secret));
  await world.until(() => world.relay.snapshot().held === 1);
  await world.relay.close();
  for (const each of [silent, waiting]) assert.equal(await each.line(), null);
  await assert.rejects(world.connect());
  const next = new RelayWorld();
  next.ready(server);
  const working = open.use(await next.program((await next.lease()).secret));
  await next.relay.close();
  assert.equal(await working.line(), null);
  await server.allClosed();
});
