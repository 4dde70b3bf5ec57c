import assert from "node:assert/strict";
import fc from "fast-check";
import { CommandScanner } from "../../src/core/relay/command_scanner.ts";
import { Conversation } from "../../src/core/relay/conversation.ts";
import { RELAY_LIMITS } from "../../src/core/relay/limits.ts";
import type { Connection } from "../../src/ports.ts";
import { Door } from "../../src/relay/door.ts";
import { bytewise, cuts, damaged, inPieces } from "../damage.ts";
import { ManualClock } from "../fakes/manual_clock.ts";
import { FakePy4jServer } from "../fakes/py4j_server.ts";
import { fuzz } from "../fuzz.ts";
import { CALL, RelayWorld } from "./relay_world.ts";

const SECRET = "0123456789abcdef".repeat(4);
const GREETINGS = [
  `A\n${SECRET}\n`,
  `A\n${SECRET}\n${CALL}`,
  `A\n${SECRET}`,
  `A\n${"x".repeat(200)}\n`,
  CALL,
  "s\n",
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "\x16\x03\x01\x02\0",
];

/** A stranger who says this and then waits, or hangs up. */
class Stranger implements Connection {
  readonly #pieces: Uint8Array[];
  readonly #closed = Promise.withResolvers<null>();
  readonly #silent = Promise.withResolvers<void>();
  readonly #waits: boolean;
  taken = 0;

  constructor(pieces: readonly Uint8Array[], waits: boolean) {
    this.#pieces = [...pieces];
    this.#waits = waits;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    // A read of nothing would be asked for again for ever.
    assert.ok(buffer.length > 0, "a read without room");
    const [piece] = this.#pieces;
    if (piece === undefined) {
      this.#silent.resolve();
      return this.#waits ? await this.#closed.promise : null;
    }
    const count = Math.min(piece.length, buffer.length);
    buffer.set(piece.subarray(0, count));
    if (count === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.subarray(count);
    this.taken += count;
    return count;
  }

  /** Resolves when everything is said. */
  get silent(): Promise<void> {
    return this.#silent.promise;
  }

  write(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#closed.resolve(null);
  }
}

/** What the door makes of what is said, and how many bytes it took for that. */
async function heard(pieces: readonly Uint8Array[], waits: boolean) {
  const clock = new ManualClock();
  const door = new Door({ limits: RELAY_LIMITS, clock });
  const stranger = new Stranger(pieces, waits);
  const hearing = door.hear(stranger);
  await Promise.race([hearing, stranger.silent]);
  await clock.advance(RELAY_LIMITS.authMs);
  const knock = await hearing;
  assert.equal(door.waiting, 0);
  return { knock, taken: stranger.taken };
}

fuzz(
  "the door: any bytes mean the same in any pieces, and nothing is lost or read too far",
  2000,
  fc.asyncProperty(damaged(GREETINGS), cuts, fc.boolean(), async (bytes, cuts, waits) => {
    const plain = await heard(bytewise(bytes), waits);
    const other = await heard(inPieces(bytes, cuts), waits);
    assert.ok(plain.taken <= RELAY_LIMITS.authBytes && other.taken <= 512);
    if (plain.knock.kind !== "secret" || other.knock.kind !== "secret") {
      assert.deepEqual(other.knock, plain.knock);
      return;
    }
    const { secret, rest } = other.knock;
    assert.equal(secret, plain.knock.secret);
    const line = bytes.indexOf(0x0a, 2);
    assert.deepEqual(Array.from(secret, (letter) => letter.charCodeAt(0)), decoded(bytes.subarray(2, line)));
    assert.deepEqual(rest, bytes.slice(line + 1, other.taken));
  }),
);

/** The letters of a secret as the relay reads them. */
function decoded(bytes: Uint8Array): readonly number[] {
  return Array.from(new TextDecoder("latin1").decode(bytes), (letter) => letter.charCodeAt(0));
}

const COMMANDS = [
  CALL,
  "c\no1\nset\nse\ns\nsz\nn\ne\n",
  "r\nc\njava.lang.String\ne\n",
  "f\ng\no1\ne\ne\n",
  "m\nd\no12\ne\n",
  "!ysa string\n",
  "s\n",
  "z\n127.0.0.1\n40000\n25333\n",
  "S\no1\nopen\ne\n",
];
const talk = damaged([...COMMANDS, COMMANDS.join("")]);

fuzz(
  "CommandScanner: any bytes hold the same commands in any pieces, never more than lines",
  2000,
  fc.property(talk, cuts, (bytes, cuts) => {
    const [plain, other] = [new CommandScanner(), new CommandScanner()];
    const wants = plain.push(bytes);
    assert.deepEqual(inPieces(bytes, cuts).flatMap((piece) => other.push(piece)), wants);
    assert.equal(other.between, plain.between);
    assert.ok(wants.length <= bytes.filter((byte) => byte === 0x0a).length);
  }),
);

fuzz(
  "Conversation: what two sides say in any order is forwarded as it is, but for at most one special command",
  2000,
  fc.property(fc.array(fc.tuple(fc.boolean(), talk, cuts), { maxLength: 6 }), (said) => {
    const talk = new Conversation();
    const sent: number[] = [];
    const forwarded: number[] = [];
    for (const [isClient, bytes, cuts] of said) {
      for (const piece of inPieces(bytes, cuts)) {
        if (!isClient) {
          talk.server(piece);
          continue;
        }
        sent.push(...piece);
        const move = talk.client(piece);
        if (move.kind === "forward") forwarded.push(...move.bytes);
        // Whoever is told so hangs up.
        if (move.kind === "shutdown" || move.kind === "cancel") return;
        assert.ok(talk.unanswered.every((want, at) => want === "error" || want === "name" && at === 0));
      }
    }
    assert.deepEqual(forwarded, sent.slice(0, forwarded.length));
    assert.ok(sent.length - forwarded.length <= 128, "more is kept than a special command has");
  }),
);

fuzz(
  "the relay: whatever knocks is answered as py4j would or not at all, and programs still come through",
  60,
  fc.asyncProperty(fc.array(damaged(GREETINGS), { minLength: 1, maxLength: 5 }), async (greetings) => {
    await using server = new FakePy4jServer();
    await using world = new RelayWorld();
    world.ready(server);
    const { secret } = await world.lease();
    for (const bytes of greetings) {
      using stranger = await Deno.connect({ hostname: "127.0.0.1", port: world.relay.port });
      await stranger.write(bytes).catch(() => 0);
      await stranger.closeWrite().catch(() => {});
      const answer = await new Response(stranger.readable).text().catch(() => "");
      assert.match(answer, /^(?:!xsAuthentication error: [\w :]+\.\n)?$/);
    }
    await world.until(() => world.relay.snapshot().connections === 0);
    assert.deepEqual(server.requests, []);
    using program = await world.program(secret);
    assert.match(await program.ask(CALL) ?? "", /^!yL\d+$/);
  }),
);
