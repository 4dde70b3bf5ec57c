import { rejects, strictEqual } from "node:assert/strict";
import { orUnknown } from "../../src/gateway/or_unknown.ts";
import { Py4jConnectionLost, Py4jJavaError } from "../../src/gateway/py4j_error.ts";

Deno.test("orUnknown() takes Java's refusal for an answer, and nothing else", async () => {
  strictEqual(await orUnknown(7, () => Promise.resolve(8)), 8);
  strictEqual(await orUnknown(7, () => Promise.reject(new Py4jJavaError("java.lang.Error"))), 7);
  strictEqual(await orUnknown(7, () => Promise.reject(new TypeError("a plain value"))), 7);
  await rejects(orUnknown(7, () => Promise.reject(new Py4jConnectionLost("gone"))), Py4jConnectionLost);
});
