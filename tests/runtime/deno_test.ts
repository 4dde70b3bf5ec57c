import assert from "node:assert/strict";
import { denoRuntime } from "../../src/runtime/deno.ts";

Deno.test("denoRuntime() has every port", () => {
  assert.deepEqual(Object.keys(denoRuntime()).sort(), [
    "children",
    "clock",
    "dialer",
    "files",
    "loopback",
    "machine",
    "unixDialer",
  ]);
});
