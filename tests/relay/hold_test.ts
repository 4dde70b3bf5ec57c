import assert from "node:assert/strict";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { RawGateway } from "./raw_gateway.ts";
import { ANSWER, CALL, RelayWorld, SENTENCE } from "./relay_world.ts";

Deno.test("a program that comes before its gateway waits for it", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ holdMs: 60_000 });
  const { secret } = await world.lease();
  using program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  await world.clock.advance(59_999);
  assert.equal(world.relay.snapshot().held, 1);
  world.ready(server);
  assert.equal(await program.line(), "!yv");
  assert.match(await program.ask(CALL) ?? "", /^!yL\d+$/);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("a program that waits too long is told so, and its lease is as good as before", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld({ holdMs: 60_000 });
  const { id, secret } = await world.lease();
  using program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  world.relay.face({ kind: "coming" });
  await world.clock.advance(60_000);
  assert.equal(await program.line(), "!yv");
  assert.match(await program.ask(CALL) ?? "", /^!xsrekindle: no gateway became ready within 60 s/);
  assert.equal(world.relay.outcome(id)?.state, "issued");
  world.ready(server);
  using next = await world.program(secret);
  assert.match(await next.ask(CALL) ?? "", /^!yL\d+$/);
});

Deno.test("a program that waits is told when there is no hope any more, as is one that comes then", async () => {
  await using world = new RelayWorld();
  const { secret } = await world.lease();
  using program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  world.relay.face({ kind: "hopeless", sentence: "rekindle: no Java" });
  assert.equal(await program.line(), "!yv");
  assert.equal(await program.ask(CALL), "!xsrekindle: no Java");
  using late = await world.program(secret);
  assert.equal(await late.ask(CALL), "!xsrekindle: no Java");
  assert.equal(world.relay.snapshot().held, 0);
});

Deno.test("a program that leaves while it waits is forgotten", async () => {
  await using world = new RelayWorld();
  const { secret } = await world.lease();
  const program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  program[Symbol.dispose]();
  await world.until(() => world.relay.snapshot().connections === 0);
  assert.equal(world.relay.snapshot().held, 0);
  assert.deepEqual(world.clock.pendingMs, []);
});

Deno.test("what came with the secret is passed on after the wait", async () => {
  await using server = new FakePy4jServer();
  await using world = new RelayWorld();
  const { secret } = await world.lease();
  using program = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  await program.send(CALL);
  using hasty = await world.connect();
  await hasty.send(`A\n${secret}\n${CALL}`);
  await world.until(() => world.relay.snapshot().held === 2);
  world.ready(server);
  for (const each of [program, hasty]) {
    assert.equal(await each.line(), "!yv");
    assert.match(await each.line() ?? "", /^!yL\d+$/);
  }
});

Deno.test("there is an end to programs that wait", async () => {
  await using world = new RelayWorld({ held: 1 });
  const { secret } = await world.lease();
  using _first = await world.knock(secret);
  await world.until(() => world.relay.snapshot().held === 1);
  using second = await world.program(secret);
  assert.match(await second.ask(CALL) ?? "", /^!xsrekindle: too many programs wait/);
});

Deno.test("a gateway that refuses the call is asked no more once its death is known: the next one is waited for", async () => {
  await using second = new FakePy4jServer();
  await using world = new RelayWorld();
  const gone = new RawGateway();
  world.ready(gone);
  gone[Symbol.dispose]();
  const { id, secret } = await world.lease();
  using program = await world.knock(secret);
  await world.until(() => world.clock.pendingMs.includes(1_000));
  await world.clock.advance(999);
  world.relay.gatewayLost(1, SENTENCE);
  await world.until(() => world.relay.snapshot().held === 1);
  world.ready(second, 2);
  assert.equal(await program.line(), "!yv");
  assert.match(await program.ask(CALL) ?? "", /^!yL\d+$/);
  assert.equal(world.relay.outcome(id)?.generation, 2);
});

Deno.test("a gateway that refuses the call and is not dead is told of", async () => {
  await using world = new RelayWorld();
  await using server = new FakePy4jServer();
  world.ready({ port: server.port, secret: "not the gateway's" });
  using program = await world.knock((await world.lease()).secret);
  await world.until(() => world.clock.pendingMs.includes(1_000));
  await world.clock.advance(1_000);
  assert.equal(await program.line(), "!yv");
  assert.match(await program.ask(CALL) ?? "", /generation 1\) takes no new connection/);
});

Deno.test("a program that calls a gateway which hangs is told when that is lost, or waits for the next", async () => {
  using hung = new RawGateway();
  await using second = new FakePy4jServer();
  await using world = new RelayWorld();
  world.ready(hung);
  const bound = await world.lease();
  using first = await world.knock(bound.secret);
  await hung.letIn();
  assert.equal(await first.line(), "!yv");
  const fresh = await world.lease();
  using again = await world.knock(bound.secret);
  using other = await world.knock(fresh.secret);
  const silent = [await hung.accept(), await hung.accept()];
  for (const call of silent) await call.expect(`A\n${hung.secret}\n`);
  world.relay.gatewayLost(1, SENTENCE);
  assert.equal(await again.line(), "!yv");
  assert.equal(await again.ask(CALL), ANSWER);
  world.ready(second, 2);
  assert.equal(await other.line(), "!yv");
  assert.match(await other.ask(CALL) ?? "", /^!yL\d+$/);
  for (const call of silent) assert.equal(await call.rest(), "");
});

Deno.test("a gateway that answers no call within the limit is told of", async () => {
  using hung = new RawGateway();
  await using world = new RelayWorld({ dialMs: 60_000, exitReportMs: 1_000 });
  world.ready(hung);
  using program = await world.knock((await world.lease()).secret);
  const call = await hung.accept();
  await call.expect(`A\n${hung.secret}\n`);
  await world.clock.advance(60_000);
  assert.equal(await call.rest(), "");
  await world.until(() => world.clock.pendingMs.includes(1_000));
  await world.clock.advance(1_000);
  assert.equal(await program.line(), "!yv");
  assert.match(await program.ask(CALL) ?? "", /takes no new connection/);
});

Deno.test("a program that leaves while the gateway is called takes the call with it", async () => {
  using hung = new RawGateway();
  await using world = new RelayWorld();
  world.ready(hung);
  const { id, secret } = await world.lease();
  const program = await world.knock(secret);
  const call = await hung.accept();
  await call.expect(`A\n${hung.secret}\n`);
  program[Symbol.dispose]();
  assert.equal(await call.rest(), "");
  assert.equal(world.relay.outcome(id)?.state, "issued");
});
