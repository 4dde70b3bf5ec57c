import assert from "node:assert/strict";
import fc from "fast-check";
import { BAD_SECRET, judgeCredentials } from "../../../src/core/relay/credentials.ts";
import { bytesOf } from "./chunks.ts";

const LIMIT = 160;
const NOT_YET = "!xsAuthentication error: unexpected command.\n";
const judge = (text: string) => judgeCredentials(bytesOf(text), LIMIT);

Deno.test("judgeCredentials() knows a secret, its beginning, and what is none", () => {
  const refused = (answer: string | null) => ({ kind: "refused", answer });
  const unfinished = { kind: "unfinished" };
  for (
    const [text, expected] of [
      ["", unfinished],
      ["A", unfinished],
      ["A\n", unfinished],
      ["A\nabc", unfinished],
      ["A\nabc\n", { kind: "secret", secret: "abc", usedBytes: 6 }],
      ["A\nabc\nc\nx", { kind: "secret", secret: "abc", usedBytes: 6 }],
      ["A\n\n", { kind: "secret", secret: "", usedBytes: 3 }],
      ["A\r\nabc\r\n", refused(null)],
      [`A\n${"x".repeat(157)}`, unfinished],
      [`A\n${"x".repeat(157)}\n`, { kind: "secret", secret: "x".repeat(157), usedBytes: 160 }],
      [`A\n${"x".repeat(158)}`, refused(BAD_SECRET)],
      [`A\n${"x".repeat(158)}\n`, refused(BAD_SECRET)],
      ["c", unfinished],
      ["c\n", refused(NOT_YET)],
      ["s\n", refused(NOT_YET)],
      ["GET / HTTP/1.1\r\n", refused(null)],
      ["crash", refused(null)],
      ["\x16\x03\x01", refused(null)],
      ["\0", refused(null)],
    ] as const
  ) assert.deepEqual(judge(text), expected, JSON.stringify(text));
});

Deno.test("judgeCredentials() says nothing of any beginning that it says of the whole", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ unit: fc.constantFrom("A", "\n", "c", "s", "x"), maxLength: 200 }),
  );
  fc.assert(fc.property(text, (whole) => {
    const bytes = bytesOf(whole);
    let decided = null;
    for (let length = 0; length <= bytes.length; length++) {
      const verdict = judgeCredentials(bytes.subarray(0, length), LIMIT);
      if (decided !== null) assert.deepEqual(verdict, decided);
      else if (verdict.kind !== "unfinished") decided = verdict;
    }
    assert.ok(decided !== null || bytes.length < LIMIT, "a long line is not decided");
  }));
});

Deno.test("no byte of a wrong secret is in an answer", () => {
  const verdict = judge(`A\n${"topsecret".repeat(30)}\n`);
  assert.ok(verdict.kind === "refused" && !verdict.answer?.includes("topsecret"));
});
