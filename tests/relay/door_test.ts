import assert from "node:assert/strict";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RawConnection } from "../fakes/raw_connection.ts";
import { CALL, RelayWorld, USER } from "./relay_world.ts";

const BAD_SECRET = "!xsAuthentication error: bad auth token received.";
const NOT_YET = "!xsAuthentication error: unexpected command.";

Deno.test("a program with its lease's secret is let in and reaches the gateway", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { secret } = await world.lease();
  assert.match(secret, /^[0-9a-f]{64}$/);
  using program = await world.program(secret);
  assert.match(await program.ask(CALL) ?? "", /^!yL\d+$/);
  assert.deepEqual(server.requests[0], ["A", server.secret]);
});

Deno.test("a secret that comes byte by byte, or with a command behind it, is as good", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { secret } = await world.lease();
  using slow = await world.connect();
  for (const byte of `A\n${secret}\n`) await slow.send(byte);
  assert.equal(await slow.line(), "!yv");
  using hasty = await world.connect();
  assert.equal(await hasty.ask(`A\n${secret}\n${CALL}`), "!yv");
  assert.match(await hasty.line() ?? "", /^!yL\d+$/);
});

for (
  const [what, said, answer] of [
    ["a wrong secret", `A\n${"0".repeat(64)}\n`, BAD_SECRET],
    ["an empty secret", "A\n\n", BAD_SECRET],
    ["a secret without end", `A\n${"x".repeat(1000)}`, BAD_SECRET],
    ["a command", CALL, NOT_YET],
    ["a shutdown", "s\n", NOT_YET],
    ["HTTP", "GET / HTTP/1.1\r\n\r\n", null],
    ["a TLS greeting", "\x16\x03\x01\x02\0", null],
    ["zeros", "\0\0\0\0", null],
  ] as const
) {
  Deno.test(`${what} is refused with ${answer ?? "nothing"}, and the gateway hears nothing of it`, async () => {
    await using server = new FakePy4jServer();
    await using world = new RelayWorld();
    world.ready(server);
    await world.lease();
    using stranger = await world.connect();
    await stranger.send(said);
    assert.equal(await stranger.line(), answer);
    await world.until(() => world.relay.snapshot().connections === 0);
    assert.deepEqual(server.requests, []);
    assert.equal(world.relay.snapshot().events.refused, 1);
  });
}

Deno.test("the beginning of a secret, another lease's id, and the gateway's own secret are wrong", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { id, secret } = await world.lease();
  for (const wrong of [secret.slice(0, -1), `${secret}0`, id, server.secret]) {
    using program = await world.knock(wrong);
    assert.equal(
      await program.line(),
      wrong === secret.toUpperCase() && wrong === secret ? "!yv" : BAD_SECRET,
    );
  }
});

Deno.test("who says nothing, or drips, is closed at the deadline, and not before", async () => {
  await using world = new RelayWorld({ authMs: 5_000 });
  using silent = await world.connect();
  using dripping = await world.connect();
  await world.clock.sleeping(2);
  await world.clock.advance(4_999);
  await dripping.send("A\nabc");
  assert.equal(world.relay.snapshot().unauthenticated, 2);
  await world.clock.advance(1);
  assert.equal(await silent.line(), null);
  assert.equal(await dripping.line(), null);
  await world.until(() => world.relay.snapshot().connections === 0);
  assert.deepEqual(world.refusals, ["late", "late"]);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("of 500 that say nothing the oldest are shed, and a real program gets in meanwhile", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ unauthenticated: 64 });
  world.ready(server);
  const { secret } = await world.lease();
  using idle = new DisposableStack();
  const flood: RawConnection[] = [];
  for (let count = 0; count < 500; count++) flood.push(idle.use(await world.connect()));
  await world.until(() => world.refusals.length === 500 - 64);
  using program = await world.program(secret);
  assert.match(await program.ask(CALL) ?? "", /^!yL\d+$/);
  assert.equal(await flood[0]?.line(), null);
  assert.ok(world.relay.snapshot().unauthenticated <= 64);
  await world.clock.advance(5_000);
  await world.until(() => world.relay.snapshot().connections === 1);
  assert.equal(server.requests.filter(([letter]) => letter === "A").length, 1);
});

Deno.test("10,000 wrong secrets leave nothing behind", async () => {
  await using world = new RelayWorld();
  await world.lease();
  const wave = async () => {
    for (let count = 0; count < 1_250; count++) {
      using program = await world.knock("f".repeat(64));
      assert.equal(await program.line(), BAD_SECRET);
    }
  };
  await Promise.all(Array.from({ length: 8 }, wave));
  await world.until(() => world.relay.snapshot().connections === 0);
  assert.equal(world.refusals.length, 10_000);
  assert.deepEqual(world.clock.pendingMs, []);
  assert.equal(world.relay.snapshot().unauthenticated, 0);
});

Deno.test("another user's program is refused with the right secret; root's and one nobody knows are not", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { secret } = await world.lease();
  for (const [caller, answer] of [[USER, "!yv"], [0, "!yv"], [null, "!yv"], [65534, BAD_SECRET]] as const) {
    world.machine.caller = caller;
    using program = await world.knock(secret);
    assert.equal(await program.line(), answer, String(caller));
  }
  assert.deepEqual(world.refusals, ["user"]);
});

Deno.test("there is an end to connections in all, and of one program", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ connections: 3, connectionsPerLease: 2 });
  world.ready(server);
  const { secret } = await world.lease();
  using _one = await world.program(secret);
  using _two = await world.program(secret);
  using three = await world.program(secret);
  assert.match(await three.ask(CALL) ?? "", /more than 2 connections/);
  using four = await world.connect();
  assert.equal(await four.line(), null);
  assert.deepEqual(world.refusals, ["full"]);
});

Deno.test("no secret is in an event or in the snapshot", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { id, secret } = await world.lease();
  using program = await world.program(secret);
  using wrong = await world.knock("0123wrong");
  assert.equal(await wrong.line(), BAD_SECRET);
  await program.ask(CALL);
  world.relay.gatewayLost(1, "gone");
  world.relay.end(id);
  const told = JSON.stringify([world.events, world.relay.snapshot(), world.relay.outcome(id)]);
  for (const text of [secret, server.secret, "0123wrong"]) assert.ok(!told.includes(text));
});
