/**
 * What does Prometheus' own checker say of the metrics and the alert rules? Where there is none (Debian's package
 * `prometheus` has it), these tests do not run, and say so.
 * @module
 */
import assert from "node:assert/strict";
import { fromFileUrl } from "@std/path";
import { exposition } from "../../src/core/metrics/exposition.ts";
import { FAMILIES } from "../core/metrics/documented.ts";

const hasPromtool = await promtool(["--version"]).then(() => true, () => false);
const why = hasPromtool ? "" : " (not run: there is no promtool on the PATH)";

async function promtool(args: readonly string[], input = ""): Promise<{ code: number; output: string }> {
  const child = new Deno.Command("promtool", {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, output: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
}

function fileOf(path: string): string {
  return fromFileUrl(new URL(`../../${path}`, import.meta.url));
}

Deno.test({
  name: `promtool check metrics finds nothing wrong with any metric${why}`,
  ignore: !hasPromtool,
  fn: async () => {
    const text = exposition(FAMILIES, "prometheus");
    assert.deepEqual(await promtool(["check", "metrics"], text), { code: 0, output: "" });
    const wrong = await promtool(["check", "metrics"], "# TYPE a counter\na 1\n");
    assert.notEqual(wrong.code, 0);
  },
});

Deno.test({
  name:
    `promtool check rules finds nothing wrong with docs/alerts.yml, nor do its alerts fire when they must not${why}`,
  ignore: !hasPromtool,
  fn: async () => {
    const { code, output } = await promtool(["check", "rules", "--lint-fatal", fileOf("docs/alerts.yml")]);
    assert.equal(code, 0, output);
    const test = await promtool(["test", "rules", fileOf("tests/fixtures/alerts_test.yml")]);
    assert.equal(test.code, 0, test.output);
  },
});
