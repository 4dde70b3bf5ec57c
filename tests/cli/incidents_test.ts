import assert from "node:assert/strict";
import { join } from "@std/path";
import { readArgs } from "../../src/cli/args.ts";
import { incidents, readIncidentsRequest } from "../../src/cli/incidents.ts";
import { EXIT, UserError } from "../../src/errors.ts";
import type { Finding } from "../../src/incident/finding.ts";
import { IncidentStore } from "../../src/incident/store.ts";
import { unpack } from "../incident/archive.ts";
import { AT, found, incident } from "../incident/samples.ts";
import { ScriptedDaemon, Surroundings } from "./scripted_daemon.ts";

const FOLDER = "/state/incidents";
const FIRST = "20260304T050607Z-g7-heap-oom";
const SECOND = "20260304T060607Z-g8-unresponsive";

/** A place with two incidents, and what a command line says there. */
class Place extends Surroundings {
  readonly store = new IncidentStore(FOLDER, this.files);

  async fill(findings: readonly Finding[] = []): Promise<void> {
    await this.store.save(incident(7), findings, AT, { java: "17.0.9", flags: {} });
    await this.store.save(incident(8, "unresponsive"), [], new Date(AT.getTime() + 3_600_000));
  }

  async say(line: string, env: Record<string, string> = {}): Promise<string> {
    const from = this.printed.length;
    const invocation = readArgs(["incidents", ...line.split(" ").filter((word) => word !== "")]);
    const context = this.context({ "state-dir": "/state" }, env);
    const request = readIncidentsRequest(invocation);
    assert.equal(await incidents({ ...context, cwd: "/home/me" }, request, this.view), EXIT.ok);
    return this.printed.slice(from).join("");
  }

  async refusal(line: string): Promise<UserError> {
    const error = await this.say(line).then(() => null, (error: unknown) => error);
    assert.ok(error instanceof UserError, line);
    return error;
  }
}

async function placeWith(findings: readonly Finding[] = []): Promise<Place> {
  const place = new Place();
  await place.fill(findings);
  place.files.put("/home/me/notes.txt", "mine");
  return place;
}

Deno.test("incidents without any says so, and that is no error", async () => {
  const place = new Place();
  assert.equal(await place.say(""), `No incidents are kept in ${FOLDER}.\n`);
  assert.equal(await place.say("--json"), "[]\n");
});

Deno.test("incidents lists them, newest first, with and without a daemon", async () => {
  const place = await placeWith();
  await using daemon = new ScriptedDaemon();
  const table = [
    "ID                                WHEN                  CLASS         SURE     WHAT WAS DONE",
    `${SECOND}  2026-03-04 06:06:07Z  unresponsive  certain  heap 1 GiB → 2 GiB; start again in 0.1 s`,
    `${FIRST}      2026-03-04 05:06:07Z  heap-oom      certain  heap 1 GiB → 2 GiB; start again in 0.1 s`,
    "",
  ].join("\n");
  assert.equal(await place.say(""), table);
  assert.equal(await place.say("list"), table);
  await daemon.moveIn(place.files);
  assert.equal(await place.say(""), table);
});

Deno.test("incidents as JSON has what the table has, and what is damaged", async () => {
  const place = await placeWith();
  place.files.put(join(FOLDER, FIRST, "manifest.json"), "{}");
  const [second, first] = JSON.parse(await place.say("--json"));
  assert.deepEqual(second, {
    id: SECOND,
    at: "2026-03-04T06:06:07.890Z",
    generation: 8,
    class: "unresponsive",
    confidence: "certain",
    summary: "It ran out of heap.",
    change: { changed: true, reason: "heap 1 GiB → 2 GiB" },
    decision: { kind: "restart", reason: "start again in 0.1 s" },
    damaged: null,
    artifacts: [],
  });
  assert.deepEqual([first.id, first.class, first.damaged], [
    FIRST,
    "heap-oom",
    "its manifest cannot be read: its id is missing",
  ]);
  assert.match(await place.say(""), /^2026\S+-heap-oom .* damaged {2}its manifest cannot be read/m);
});

Deno.test("incidents show tells one like a letter", async () => {
  const lost: Finding = {
    name: "hs_err.log",
    status: "missing",
    reason: "the JVM wrote none",
    content: null,
  };
  const place = await placeWith([found("stdout.txt", "abc"), lost]);
  assert.equal(
    await place.say(`show ${FIRST}`),
    [
      `Incident ${FIRST}`,
      "",
      "What happened",
      "  It ran out of heap. (heap-oom)",
      "  Generation 7, ended at 2026-03-04 05:06:07Z with exit code 3.",
      "",
      "How sure that is",
      "  Certain: the evidence leaves no other cause.",
      "",
      "The evidence",
      "  stderr, line 2: java.lang.OutOfMemoryError",
      "",
      "What rekindle did",
      "  Memory: heap 1 GiB → 2 GiB",
      "  Then: start again in 0.1 s",
      "",
      "What you can do",
      "  More heap.",
      "",
      "What else is known",
      "  java: 17.0.9",
      "",
      `What was kept, in ${FOLDER}/${FIRST}`,
      "  stdout.txt: saved, 3 bytes",
      "  hs_err.log: missing (the JVM wrote none)",
      "",
      `For a bug report: rekindle incidents bundle ${FIRST}`,
      "",
    ].join("\n"),
  );
});

Deno.test("incidents show says where a heap dump is and how to open it, when there is one", async () => {
  for (
    const [name, how] of [
      ["heap.hprof", "Eclipse Memory Analyzer and VisualVM open it; "],
      ["heap.hprof.gz", "Eclipse Memory Analyzer 1.12 or later opens it as it is, "],
    ] as const
  ) {
    const place = await placeWith([found(name, "JAVA PROFILE")]);
    const text = await place.say(`show ${FIRST}`);
    assert.ok(text.includes(`\nHow to read the heap dump\n  ${FOLDER}/${FIRST}/${name}\n  ${how}`), text);
    await place.files.remove(join(FOLDER, FIRST, name));
    const gone = await place.say(`show ${FIRST}`);
    assert.match(
      gone,
      /^ {2}heap\.hprof\S*: missing \(it was kept and is gone: only the newest 3 heap dumps stay\)$/m,
    );
    assert.doesNotMatch(gone, /How to read/);
    assert.equal(JSON.parse(await place.say(`show ${FIRST} --json`)).artifacts[0].status, "missing");
  }
});

Deno.test("incidents show as JSON is the manifest", async () => {
  const place = await placeWith();
  const manifest = place.files.text(join(FOLDER, SECOND, "manifest.json"));
  assert.equal(await place.say("show last --json"), manifest);
  assert.equal(await place.say("show --json"), manifest);
});

Deno.test("incidents show tells of a damaged one what its name says", async () => {
  const place = await placeWith([found("stdout.txt", "abc")]);
  place.files.put(join(FOLDER, FIRST, "manifest.json"), "not JSON");
  const text = await place.say(`show ${FIRST}`);
  assert.match(text, /This incident is damaged: its manifest cannot be read: /);
  assert.match(text, /Its name says heap-oom, at 2026-03-04 05:06:07Z\./);
  assert.match(text, /stdout\.txt: saved, 3 bytes/);
  assert.equal(JSON.parse(await place.say(`show ${FIRST} --json`)).id, FIRST);
});

Deno.test("incidents show lets a gateway's output command no terminal, and shows a long line's beginning", async () => {
  const place = new Place();
  const { verdict, ...rest } = incident(7);
  const text = `\u001b]0;owned\u0007\u009b2J${"x".repeat(500)}`;
  const evidence = [{ source: "stdout", line: 1, text } as const];
  await place.store.save({ ...rest, verdict: { ...verdict, evidence } }, [], AT);
  const shown = await place.say("show");
  assert.doesNotMatch(shown.replaceAll("\n", ""), /\p{Cc}/u);
  assert.match(shown, /stdout, line 1: .?\]0;owned 2Jx{300,400}…$/m);
});

Deno.test("incidents show takes the beginning of an id, and last", async () => {
  const place = await placeWith();
  for (const word of [FIRST, "20260304T05", FIRST.slice(0, -1)]) {
    assert.ok((await place.say(`show ${word}`)).startsWith(`Incident ${FIRST}\n`), word);
  }
  assert.ok((await place.say("show last")).startsWith(`Incident ${SECOND}\n`));
  await place.store.save(incident(7), [], AT);
  // The whole name of one is the beginning of another.
  assert.ok((await place.say(`show ${FIRST}`)).startsWith(`Incident ${FIRST}\n`));
});

Deno.test("incidents knows no wrong id, and names the newest ones", async () => {
  const place = await placeWith();
  for (const command of ["show", "bundle", "rm"]) {
    for (const word of ["nonsense", "../../etc", "2025", "/etc/passwd"]) {
      const { message, hint, exitCode } = await place.refusal(`${command} ${word}`);
      assert.equal(message, `Cannot find the incident "${word}": there is none of that name`);
      assert.equal(hint, `The newest are ${SECOND}, ${FIRST}.`);
      assert.equal(exitCode, EXIT.noInput);
    }
  }
  const several = await place.refusal("show 2026");
  assert.equal(several.message, 'Cannot find the incident "2026": 2 begin with it');
  assert.equal(several.hint, `The newest of them are ${SECOND}, ${FIRST}.`);
  const none = await new Place().refusal("show last");
  assert.equal(none.message, `Cannot find an incident: none are kept in ${FOLDER}`);
  assert.equal(none.exitCode, EXIT.noInput);
});

Deno.test("incidents rm removes those that are named, or none", async () => {
  const place = await placeWith();
  await place.refusal(`rm ${FIRST} nonsense`);
  assert.equal((await place.store.list()).length, 2);
  assert.equal(await place.say(`rm ${FIRST} ${FIRST}`), `removed ${FIRST}\n`);
  assert.deepEqual(await place.files.list(FOLDER), [SECOND]);
  place.files.disk = (operation) => {
    if (operation === "remove") throw new Error("Operation not permitted");
  };
  const { message, exitCode } = await place.refusal(`rm ${SECOND}`);
  assert.deepEqual([message, exitCode], [
    `Cannot remove ${SECOND}: Operation not permitted`,
    EXIT.noPermission,
  ]);
});

Deno.test("incidents bundle writes an archive without the secrets that this place knows", async () => {
  const secrets = { gateway: "0123456789abcdef".repeat(4), api: "0123456789abcdef", own: "correct-horse" };
  const text = Object.values(secrets).map((secret) => `seen: <${secret}>\n`).join("");
  const place = await placeWith([found("stdout.txt", text), found("hsperfdata", Uint8Array.of(0))]);
  await using daemon = new ScriptedDaemon();
  await daemon.moveIn(place.files);
  place.files.put(
    "/state/run/gateway.env",
    `PYSPARK_GATEWAY_PORT=1\nPYSPARK_GATEWAY_SECRET=${secrets.gateway}\n`,
  );
  assert.equal(daemon.token, secrets.api);
  const said = await place.say(`bundle ${FIRST}`, { DB_PASSWORD: secrets.own });
  const path = `/home/me/rekindle-${FIRST}.tar.gz`;
  assert.match(said, new RegExp(`^${path}: 2 files, 3 secrets replaced$`, "m"));
  assert.match(said, /^ {2}left out hsperfdata: not a text/m);
  const archive = await unpack(await place.files.readBytes(path));
  const texts = [...archive.values()].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.match(texts, /^seen: <<redacted>>\nseen: <<redacted>>\nseen: <<redacted>>$/m);
  for (const secret of Object.values(secrets)) assert.ok(!texts.includes(secret));
});

Deno.test("incidents bundle writes where it is told, and never over what is no file", async () => {
  const place = await placeWith();
  place.files.put("/home/me/link", "-> /home/me/notes.txt");
  assert.match(
    await place.say("bundle last -o mine.tgz"),
    /^\/home\/me\/mine\.tgz: 1 file, 0 secrets replaced$/m,
  );
  assert.match(await place.say("bundle last --output=/home/me/other.tgz"), /^\/home\/me\/other\.tgz: /);
  await place.say("bundle last -o link");
  assert.equal((await place.files.readBytes("/home/me/notes.txt"))[0], 0x1f);
  const folder = await place.refusal("bundle last -o /home/me");
  assert.deepEqual([folder.message, folder.exitCode], [
    "Cannot write /home/me: it is there, and no file",
    EXIT.cannotCreate,
  ]);
  const missing = await place.refusal("bundle last -o /nowhere/x.tgz");
  assert.match(missing.message, /^Cannot write \/nowhere\/x\.tgz: No such folder/);
  assert.equal(missing.exitCode, EXIT.cannotCreate);
});

Deno.test("readIncidentsRequest() refuses words that make no sense together", () => {
  const table: Readonly<Record<string, string>> = {
    "frobnicate": 'Cannot understand "frobnicate": incidents knows list, show, bundle and rm',
    "list last": 'Cannot understand "last": list takes no further words',
    "show a b": "Cannot show more than one incident at once",
    "bundle a b": "Cannot bundle more than one incident at once",
    "rm": "Cannot remove anything: no incident is named",
    "show -o x": "Cannot use --output: only bundle writes a file",
    "bundle last --json": "Cannot use --json: bundle has nothing to print",
    "rm last --json": "Cannot use --json: rm has nothing to print",
  };
  for (const [line, message] of Object.entries(table)) {
    const invocation = readArgs(["incidents", ...line.split(" ")]);
    assert.throws(() => readIncidentsRequest(invocation), (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual([error.message, error.exitCode], [message, EXIT.usage], line);
      return error.hint.startsWith("Usage: rekindle incidents");
    });
  }
});
