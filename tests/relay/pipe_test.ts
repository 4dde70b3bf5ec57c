import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RawCall, RawGateway } from "./raw_gateway.ts";
import { CALL, RelayWorld } from "./relay_world.ts";

const MIB = 2 ** 20;

/** A program of a fresh lease, and its gateway's end of the connection. */
async function joined(world: RelayWorld, gateway: RawGateway) {
  world.ready(gateway);
  const { id, secret } = await world.lease();
  const program = await world.knock(secret);
  const call = await gateway.letIn();
  assert.equal(await program.line(), "!yv");
  return { id, secret, program, call };
}

/** A long text of letters without a line end. */
function letters(bytes: number): string {
  return randomBytes(bytes / 2).toString("hex");
}

/** The same, with ends that carry much. */
async function joinedForBulk(world: RelayWorld, gateway: RawGateway) {
  world.ready(gateway);
  const { secret } = await world.lease();
  const program = new RawCall(await Deno.connect({ hostname: "127.0.0.1", port: world.relay.port }));
  await program.send(`A\n${secret}\n`);
  const call = await gateway.letIn();
  await program.expect("!yv\n");
  return { program, call };
}

async function received(by: RawCall, bytes: number): Promise<Buffer> {
  const all = Buffer.alloc(bytes);
  for (let filled = 0; filled < bytes;) {
    const count = await by.read(all.subarray(filled));
    assert.ok(count !== null, `the connection ended after ${filled} bytes`);
    filled += count;
  }
  return all;
}

Deno.test("20 MB go both ways, byte for byte", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joinedForBulk(world, gateway);
  const up = Buffer.from(`c\no1\nset\ns${letters(20 * MIB)}\ne\n`);
  const [arrived] = await Promise.all([received(call, up.length), program.send(up)]);
  assert.ok(arrived.equals(up));
  const down = Buffer.from(`!ys${letters(20 * MIB)}\n`);
  const [answered] = await Promise.all([received(program, down.length), call.send(down)]);
  assert.ok(answered.equals(down));
  assert.deepEqual(world.relay.snapshot().bytes, { up: up.length, down: down.length });
  program.close();
});

Deno.test("a program that reads slowly makes the gateway wait, and the relay keeps nothing for it", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joinedForBulk(world, gateway);
  await program.send(CALL);
  await call.expect(CALL);
  const down = Buffer.from(`!ys${letters(64 * MIB)}\n`);
  let sent = false;
  const sending = call.send(down).then(() => sent = true);
  let taken = -1;
  // Once nothing moves any more, every buffer on the way is full.
  for (let quiet = 0; quiet < 1_000; quiet++) {
    const { bytes } = world.relay.snapshot();
    if (bytes.down !== taken) quiet = 0;
    taken = bytes.down;
    await setImmediate();
  }
  assert.equal(sent, false);
  // What is taken is in the kernel's buffers of one connection, and in the one that the relay writes from.
  assert.ok(taken < 16 * MIB, `${taken} bytes were taken for a program that reads nothing`);
  assert.ok((await received(program, down.length)).equals(down));
  await sending;
  program.close();
});

Deno.test("many programs at a time get each their own answers", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(server);
  const { secret } = await world.lease();
  using open = new DisposableStack();
  await Promise.all(Array.from({ length: 50 }, async (_, index) => {
    const program = open.use(await world.program(secret));
    const list = (await program.ask("i\njava.util.ArrayList\ne\n"))?.slice(3);
    assert.equal(await program.ask(`c\n${list}\nadd\nsno ${index}\ne\n`), "!ybtrue");
    assert.equal(await program.ask(`c\n${list}\nget\ni0\ne\n`), `!ysno ${index}`);
  }));
});

Deno.test("when the program hangs up the gateway's connection is closed, also inside a call", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  await program.send(CALL);
  await call.expect(CALL);
  program[Symbol.dispose]();
  assert.equal(await call.rest(), "");
  await world.until(() => world.relay.snapshot().connections === 0);
});

Deno.test("a shutdown is not passed on: the program is hung up on, the others stay", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { secret, program, call } = await joined(world, gateway);
  using other = await world.knock(secret);
  const otherCall = await gateway.letIn();
  assert.equal(await other.line(), "!yv");
  using _program = program;
  await program.send("s");
  await program.send("\n");
  assert.equal(await program.line(), null);
  assert.equal(await call.rest(), "");
  await other.send(CALL);
  await otherCall.expect(CALL);
  assert.equal(world.relay.snapshot().events["shutdown-blocked"], 1);
});

Deno.test("an empty string that comes by itself is an argument", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { program, call } = await joined(world, gateway);
  using _program = program;
  for (const part of ["c\no1\nset\n", "s\n", "e\n"]) {
    await program.send(part);
    await call.expect(part);
  }
  assert.equal(world.relay.snapshot().events["shutdown-blocked"], 0);
});

Deno.test("Ctrl-C ends the program's own connection, by the port the gateway knows, and nobody else's", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld();
  const { secret, program: busy, call: busyCall } = await joined(world, gateway);
  using _busy = busy;
  await busy.send(CALL);
  await busyCall.expect(CALL);
  using idle = await world.knock(secret);
  const idleCall = await gateway.letIn();
  assert.equal(await idle.line(), "!yv");
  for (const part of ["z\n", "127.0.0.1\n", `${busy.localPort}\n`, `${world.relay.port}\n`]) {
    await idle.send(part);
  }
  await idleCall.expect(`z\n127.0.0.1\n${busyCall.callerPort}\n0\n`);

  const other = await world.lease();
  using stranger = await world.knock(other.secret);
  const strangerCall = await gateway.letIn();
  assert.equal(await stranger.line(), "!yv");
  await stranger.send(`z\n127.0.0.1\n${busy.localPort}\n${world.relay.port}\n`);
  await world.until(() => world.relay.snapshot().events.cancel === 2);
  stranger[Symbol.dispose]();
  assert.equal(await strangerCall.rest(), "");
  assert.deepEqual(world.events.filter(({ kind }) => kind === "cancel"), [
    { kind: "cancel", lease: "1", passedOn: true },
    { kind: "cancel", lease: "2", passedOn: false },
  ]);
});

Deno.test("when the gateway ends one connection the program's is closed too, once it is clear that it lives", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld({ exitReportMs: 1_000 });
  const { program, call } = await joined(world, gateway);
  using _program = program;
  call.close();
  await world.clock.sleeping(1);
  await world.clock.advance(999);
  assert.equal(world.relay.snapshot().connections, 1);
  await world.clock.advance(1);
  assert.equal(await program.line(), null);
  assert.equal(world.relay.snapshot().events.entombed, 0);
});

Deno.test("a reply that breaks off is spoiled, so that py4j does not take the half for the whole", async () => {
  using gateway = new RawGateway();
  await using world = new RelayWorld({ exitReportMs: 1_000 });
  const { program, call } = await joined(world, gateway);
  using _program = program;
  await program.send(CALL);
  await call.expect(CALL);
  await call.send("!yshalf of");
  call.close();
  await world.clock.sleeping(1);
  await world.clock.advance(1_000);
  assert.equal(await program.line(), "!yshalf of\ufffd");
  assert.equal(await program.line(), null);
});
