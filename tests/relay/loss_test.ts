import assert from "node:assert/strict";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RawGateway } from "./raw_gateway.ts";
import { ANSWER, CALL, RelayWorld, SENTENCE } from "./relay_world.ts";

async function joined(world: RelayWorld, gateway: RawGateway) {
  world.ready(gateway);
  const { id, secret } = await world.lease();
  const program = await world.knock(secret);
  const call = await gateway.letIn();
  assert.equal(await program.line(), "!yv");
  return { id, secret, program, call };
}

Deno.test("a program with a call under way is told at once, and at every call after it", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  using _program = program;
  await program.send(CALL);
  await call.expect(CALL);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await program.line(), ANSWER);
  assert.equal(await program.ask(CALL), ANSWER);
  assert.equal(await program.ask("m\nd\no1\ne\n"), "!yv");
  assert.equal(await program.ask(CALL), ANSWER);
  // The gateway, which may still run, hears nothing more.
  assert.equal(await call.rest(), "");
});

Deno.test("a program that idles is told at its next call", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program } = await joined(world, gateway);
  using _program = program;
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await program.ask(CALL), ANSWER);
});

Deno.test("a death that is reported after the end of the sockets is told like any other", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  using _program = program;
  await program.send(CALL);
  await call.expect(CALL);
  call.close();
  await world.clock.sleeping(1);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await program.line(), ANSWER);
  assert.equal(await program.ask(CALL), ANSWER);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("a half-sent reply is spoiled and the connection closed; the next one is told", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { secret, program, call } = await joined(world, gateway);
  using _program = program;
  await program.send(CALL);
  await call.send("!yshalf of");
  await world.until(() => world.relay.snapshot().bytes.down === 10);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await program.line(), "!yshalf of\ufffd");
  assert.equal(await program.line(), null);
  using next = await world.program(secret);
  assert.equal(await next.ask(CALL), ANSWER);
});

Deno.test("a command that is half sent at the loss is answered once", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  using _program = program;
  await program.send("c\no1\nset\nshalf");
  await call.expect("c\no1\nset\nshalf");
  world.relay.gatewayLost(1, SENTENCE);
  await program.send(" a text\ne\n");
  assert.equal(await program.line(), ANSWER);
  assert.equal(await program.ask("m\nd\no1\ne\n"), "!yv");
});

Deno.test("a loss inside a callback that calls back answers both calls, and not the callback's return", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  using _program = program;
  await program.send(CALL);
  await call.expect(CALL);
  await call.send("c\np0\nrun\ne\n");
  for (const line of ["c", "p0", "run", "e"]) assert.equal(await program.line(), line);
  await program.send(CALL);
  await call.expect(CALL);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await program.line(), ANSWER);
  await program.send("!xsfailed\n");
  assert.equal(await program.line(), ANSWER);
  assert.equal(await program.ask("m\nd\no1\ne\n"), "!yv");
});

Deno.test("a client that does not read keeps nobody else from being told", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { secret, program: deaf, call } = await joined(world, gateway);
  await deaf.send(CALL);
  await call.expect(CALL);
  const flood = call.send(`!ys${"x".repeat(2 ** 26)}`).catch(() => {});
  await world.until(() => world.relay.snapshot().bytes.down > 2 ** 20);
  using other = await world.knock(secret);
  await gateway.letIn();
  assert.equal(await other.line(), "!yv");
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await other.ask(CALL), ANSWER);
  await flood;
  deaf[Symbol.dispose]();
  await world.until(() => world.relay.snapshot().connections === 1);
});

Deno.test("a gateway that does not read what a program sends is lost all the same", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program } = await joined(world, gateway);
  using _program = program;
  const sending = program.send(`c\no1\nset\ns${"x".repeat(2 ** 26)}\ne\n`);
  await world.until(() => world.relay.snapshot().bytes.up > 2 ** 20);
  world.relay.gatewayLost(1, SENTENCE);
  await sending;
  assert.equal(await program.line(), ANSWER);
  assert.equal(await program.ask(CALL), ANSWER);
});

Deno.test("an old lease never reaches the next gateway: it is told; a new one does", async () => {
  await using first = new FakePy4jServer();
  await using second = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(first, 1);
  const { id, secret } = await world.lease();
  const unused = await world.lease();
  using program = await world.program(secret);
  await program.ask(CALL);
  world.relay.gatewayLost(1, SENTENCE);
  world.ready(second, 2);
  using late = await world.program(secret);
  assert.equal(await late.ask(CALL), ANSWER);
  assert.equal(await program.ask(CALL), ANSWER);
  assert.deepEqual(second.requests, []);
  using fresh = await world.program(unused.secret);
  assert.match(await fresh.ask(CALL) ?? "", /^!yL\d+$/);
  const atMs = world.clock.date().getTime();
  const loss = { generation: 1, sentence: SENTENCE, atMs };
  assert.deepEqual(world.relay.outcome(id), { state: "lost", generation: 1, loss });
  assert.deepEqual(world.relay.end(id), { state: "ended", generation: 1, loss });
  assert.deepEqual(world.relay.outcome(unused.id), { state: "bound", generation: 2, loss: null });
});

Deno.test("a tombstone is not asked to shut down", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program } = await joined(world, gateway);
  using _program = program;
  world.relay.gatewayLost(1, SENTENCE);
  await program.send("s\n");
  assert.equal(await program.line(), null);
});

Deno.test("the connections of another gateway live on", async () => {
  await using first = new FakePy4jServer();
  await using second = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(first, 1);
  using one = await world.program((await world.lease()).secret);
  world.ready(second, 2);
  using two = await world.program((await world.lease()).secret);
  assert.match(await one.ask(CALL) ?? "", /^!yL/);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await one.ask(CALL), ANSWER);
  assert.match(await two.ask(CALL) ?? "", /^!yL/);
});

Deno.test("a program is told more once more is known, on the connections it has and on new ones", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { secret, program, id } = await joined(world, gateway);
  using _program = program;
  world.relay.gatewayLost(1, SENTENCE);
  using second = await world.program(secret);
  assert.equal(await second.ask(CALL), ANSWER);
  assert.equal(await program.ask(CALL), ANSWER);
  world.relay.gatewayExplained(2, "another's");
  assert.equal(await program.ask(CALL), ANSWER);
  world.relay.gatewayExplained(1, "rekindle: it ran out of heap");
  const more = "!xsrekindle: it ran out of heap";
  assert.deepEqual([await program.ask(CALL), await second.ask(CALL)], [more, more]);
  using third = await world.program(secret);
  assert.equal(await third.ask(CALL), more);
  assert.equal(world.relay.outcome(id)?.loss?.sentence, "rekindle: it ran out of heap");
});
