import assert from "node:assert/strict";
import fc from "fast-check";
import { cancelCommand, cancelledPort } from "../../../src/core/relay/cancel.ts";
import { Conversation } from "../../../src/core/relay/conversation.ts";
import { bytesOf, oneByOne, splitting } from "./chunks.ts";

const CALL = "c\nz:java.lang.System\ncurrentTimeMillis\ne\n";
const CANCEL = "z\n127.0.0.1\n40000\n25333\n";

/** What was forwarded of these chunks, and what else was decided. */
function tell(talk: Conversation, chunks: readonly Uint8Array[]) {
  let forwarded = "";
  const decided: string[] = [];
  for (const chunk of chunks) {
    const move = talk.client(chunk);
    if (move.kind === "forward") forwarded += new TextDecoder("latin1").decode(move.bytes);
    else if (move.kind === "cancel") decided.push(`cancel ${move.port}`);
    else if (move.kind === "shutdown") decided.push("shutdown");
  }
  return { forwarded, decided };
}

function hear(talk: Conversation, chunks: readonly Uint8Array[]): void {
  for (const chunk of chunks) talk.server(chunk);
}

/** One exchange: what the program says, and what the gateway answers. */
const exchange: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      CALL,
      "c\nz:f\ne\ne\n",
      "c\no1\nset\ns\ne\n",
      "c\no1\nset\nss\nsz\ne\n",
      "r\nu\ns\nrj\ne\n",
      "m\nd\no1\ne\n",
      "l\ns\no1\ne\n",
      "i\ns\ns\nsz\ne\n",
    ),
    fc.constantFrom(
      "!yv\n",
      "!yro1\n",
      "!ys\n",
      "!yss\\n\n",
      "!xsno\n",
      "!x\n",
      `!ys${"long".repeat(100)}\n`,
    ),
  ),
);

Deno.test("a conversation's commands are forwarded as they are, however both directions are split", () => {
  const piece = exchange.chain(([said, answer]) =>
    fc.tuple(splitting(said), splitting(answer)).map(([up, down]) => ({ said, up, down }))
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
    const talk = new Conversation();
    for (const { said, up, down } of pieces) {
      assert.deepEqual(tell(talk, up), { forwarded: said, decided: [] });
      assert.equal(talk.unanswered.length, 1);
      assert.ok(talk.rest().between);
      hear(talk, down);
      assert.equal(talk.unanswered.length, 0);
      assert.equal(talk.messageUnderWay, false);
    }
  }));
});

Deno.test("a shutdown and a cancellation are known where a command begins, however they are split", () => {
  const ending = fc.constantFrom<[string, string[]]>(["s\n", ["shutdown"]], [CANCEL, ["cancel 40000"]]);
  const end = ending.chain(([text, decided]) => splitting(text).map((chunks) => ({ chunks, decided })));
  fc.assert(fc.property(fc.array(exchange, { maxLength: 3 }), end, (before, { chunks, decided }) => {
    const talk = new Conversation();
    for (const [said, answer] of before) {
      tell(talk, [bytesOf(said)]);
      hear(talk, [bytesOf(answer)]);
    }
    assert.deepEqual(tell(talk, chunks), { forwarded: "", decided });
  }));
});

Deno.test("Ctrl-C during a call is known too, and nothing behind it is forwarded", () => {
  const talk = new Conversation();
  tell(talk, [bytesOf(CALL)]);
  assert.deepEqual(tell(talk, oneByOne(`${CANCEL}more`)), { forwarded: "", decided: ["cancel 40000"] });
  const inside = new Conversation();
  tell(inside, [bytesOf("c\no1\nset\n")]);
  assert.deepEqual(tell(inside, [bytesOf("z\nsx\n")]), { forwarded: "z\nsx\n", decided: [] });
});

Deno.test("a cancellation that is none is kept, whatever its length", () => {
  for (const text of ["z\nhere\nthere\nnowhere\n", `z\n${"x".repeat(1000)}`]) {
    assert.deepEqual(tell(new Conversation(), [bytesOf(text)]), { forwarded: "", decided: ["cancel null"] });
    assert.deepEqual(tell(new Conversation(), oneByOne(text)), { forwarded: "", decided: ["cancel null"] });
  }
  assert.equal(cancelledPort(["z", "127.0.0.1", "40000", "25333"]), 40000);
  assert.equal(cancelledPort(["z", "127.0.0.1", "-1", "25333"]), null);
  assert.equal(cancelCommand(51000), "z\n127.0.0.1\n51000\n0\n");
});

Deno.test("a line s or z that is an argument sent by itself is forwarded", () => {
  for (const line of ["s\n", "z\n"]) {
    const talk = new Conversation();
    tell(talk, [bytesOf("c\no1\nset\n")]);
    assert.deepEqual(tell(talk, [bytesOf(line), bytesOf("e\n")]), { forwarded: `${line}e\n`, decided: [] });
  }
});

Deno.test("a letter that may begin a special command waits for the next byte", () => {
  const talk = new Conversation();
  assert.deepEqual(talk.client(bytesOf("s")), { kind: "wait" });
  assert.deepEqual(tell(talk, [bytesOf("x\n")]), { forwarded: "sx\n", decided: [] });
});

Deno.test("after a stream command nothing is read any more", () => {
  const talk = new Conversation();
  assert.equal(tell(talk, oneByOne("S\no1\nopen\ne\n")).forwarded, "S\no1\nopen\ne\n");
  hear(talk, [bytesOf("!yv\nraw")]);
  assert.equal(talk.opaque, true);
  assert.deepEqual(tell(talk, [bytesOf("s\n")]), { forwarded: "s\n", decided: [] });
});

Deno.test("callbacks: the calls that wait are counted in every turn, however the bytes are split", () => {
  const question = "c\np0\ne\nsan argument\ne\n";
  fc.assert(
    fc.property(splitting(question), splitting("!yv\n"), splitting("!ysdone\n"), (asked, back, done) => {
      const talk = new Conversation();
      tell(talk, [bytesOf(CALL)]);
      hear(talk, asked.slice(0, -1));
      assert.equal(talk.messageUnderWay, asked.length > 1);
      hear(talk, asked.slice(-1));
      assert.deepEqual([talk.unanswered.length, talk.messageUnderWay], [1, false]);
      // The callback calls back in turn.
      assert.equal(tell(talk, oneByOne(CALL)).forwarded, CALL);
      assert.equal(talk.unanswered.length, 2);
      hear(talk, [bytesOf("!yL5\n")]);
      assert.equal(talk.unanswered.length, 1);
      assert.equal(tell(talk, back).forwarded, "!yv\n");
      assert.equal(talk.unanswered.length, 1);
      hear(talk, done);
      assert.equal(talk.unanswered.length, 0);
    }),
  );
});

Deno.test("what is waited for is an error, or a name, which only the last command can be", () => {
  const talk = new Conversation();
  tell(talk, [bytesOf("r\nm\njava.lang.Math\nfloorMod\ne\n")]);
  assert.deepEqual(talk.unanswered, ["name"]);
  hear(talk, [bytesOf("!ym\n")]);
  assert.deepEqual(talk.unanswered, []);
  tell(talk, [bytesOf(CALL)]);
  hear(talk, [bytesOf("c\np0\napply\ne\n")]);
  tell(talk, [bytesOf("r\nu\njava.lang\nrj\ne\n")]);
  assert.deepEqual(talk.unanswered, ["name", "error"]);
  hear(talk, [bytesOf("!yp\n")]);
  assert.deepEqual(talk.unanswered, ["error"]);
});

Deno.test("rest() goes on inside a command or a callback's return, and answers what comes after it", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["c\no1\nset\nslong", " text\ne\n"],
    ["c\no1\nset\ne", "vil\ne\n"],
    ["c\no1\nset\n", "e\n"],
    ["c\no1\nset\ne", "\n"],
  ];
  for (const [begun, rest] of cases) {
    const talk = new Conversation();
    tell(talk, oneByOne(begun));
    const scanner = talk.rest();
    assert.deepEqual(scanner.push(bytesOf(rest)), ["nothing"], begun);
    assert.deepEqual(scanner.push(bytesOf(CALL)), ["error"]);
  }
  const talk = new Conversation();
  tell(talk, [bytesOf(CALL)]);
  hear(talk, [bytesOf("c\np0\nrun\ne\n")]);
  assert.deepEqual(talk.rest().push(bytesOf(`!yv\n${CALL}`)), ["nothing", "error"]);
  tell(talk, [bytesOf("!ysha")]);
  assert.deepEqual(talk.rest().push(bytesOf(`lf\n${CALL}`)), ["nothing", "error"]);
});

Deno.test("rest() answers nothing of a cancellation, neither of one under way nor behind one", () => {
  const [begun, done] = [new Conversation(), new Conversation()];
  tell(begun, [bytesOf(CANCEL.slice(0, 14))]);
  assert.deepEqual(begun.rest().push(bytesOf(CANCEL.slice(14))), []);
  tell(done, [bytesOf(CANCEL)]);
  assert.deepEqual(done.rest().push(bytesOf("more\n")), []);
});

Deno.test("rest() knows a letter that was kept", () => {
  const talk = new Conversation();
  talk.client(bytesOf("s"));
  assert.deepEqual(talk.rest().push(bytesOf("\n")), ["close"]);
});
