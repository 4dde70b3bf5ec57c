/**
 * How is told what can be done to the gateway and the daemon?
 * @module
 */

import type { DumpKind, HeapDumpDocument } from "../dumps.ts";
import type { LevelChange } from "../log_level.ts";
import type { ProblemName } from "../problem_types.ts";
import { header, inPath, inQuery, json, plain, problems, switchInQuery } from "./operation.ts";
import type { Operation } from "./operation.ts";
import { amount, list, moment, named, nullable, oneOf, record, text, whole, words } from "./schema.ts";
import { generation } from "./verdict.ts";

const BAD_BODY = problems(
  [],
  "The body is no JSON object, or has a member that is not known or makes no sense.",
);
const meant = whole("What it is meant for: nothing is done when it is not the newest any more.", {
  minimum: 1,
});
const STARTS: readonly ProblemName[] = ["generation-mismatch", "shutting-down"];

const commandBody = named(
  "Command",
  record<{ readonly generation?: number }>(
    "The condition of a command; without one it is done in any case.",
    {
      generation: meant,
    },
    ["generation"],
  ),
);
const taken = named(
  "Taken",
  record<{ readonly generation: number }>("What a command acts on.", { generation }),
);

function command(
  name: string,
  [summary, description]: readonly [string, string],
  conflicts: readonly ProblemName[],
): Operation {
  return {
    ...{ method: "POST", path: `/v1/${name}`, access: "act", id: name, tag: "control", summary, description },
    body: { schema: commandBody, required: false, example: { generation: 2 } },
    answers: {
      202: json("It is taken on; the status says what comes of it.", taken, {
        example: { generation: 2 },
        headers: { location: header("Where to look: `/v1/status`.") },
      }),
      400: BAD_BODY,
      409: problems(conflicts),
    },
  };
}

const heapDump = named(
  "HeapDump",
  record<HeapDumpDocument>("A heap dump that was asked for. It has the programs' data in it.", {
    id: text("Its name."),
    generation,
    path: text("Where it is written to, on the daemon's machine; the file is the user's to remove."),
    state: words<HeapDumpDocument["state"]>("How far it is.", {
      writing: "the JVM stands still meanwhile",
      saved: "it is whole",
      failed: "there is none",
    }),
    reason: nullable(text("Why it failed, or `null`.")),
  }),
);
const DUMP: HeapDumpDocument = {
  ...{ id: "20261121T191343Z-g2", generation: 2, state: "writing", reason: null },
  path: "/home/ada/.local/state/rekindle/heaps/20261121T191343Z-g2.hprof",
};

const LEVELS = ["ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"] as const;
/** Of the longest time that a log level is lent for: a day. */
const MOST_SECONDS = 86_400;

/** What can be asked. */
export const controlOperations: readonly Operation[] = [
  command("start", ["Start a gateway", "Nothing comes of it where one runs or is on its way."], STARTS),
  command("stop", ["End the gateway, and start no other", "The daemon stays."], ["generation-mismatch"]),
  command("restart", ["Replace the gateway", "Programs that are attached are told so."], STARTS),
  command("shutdown", ["End the gateway and the daemon", "It may be told so again."], [
    "generation-mismatch",
  ]),
  {
    ...{ method: "POST", path: "/v1/dumps", access: "act", id: "dump", tag: "control" },
    summary: "Ask the gateway for its threads, its objects or its whole heap",
    body: {
      schema: named(
        "DumpRequest",
        record<{ readonly kind: DumpKind; readonly generation?: number }>("What is asked for.", {
          kind: words<DumpKind>("What.", {
            threads: "what every thread does, as text",
            histogram: "how many objects of each class there are, as text",
            heap: "the whole heap, as a file below the state folder",
          }),
          generation: meant,
        }, ["generation"]),
      ),
      required: true,
      example: { kind: "threads" },
    },
    answers: {
      200: plain(
        "Threads or histogram, without secrets.",
        "2026-11-21 19:13:43\nFull thread dump OpenJDK 64-Bit…\n",
        {
          headers: { "rekindle-generation": header("The gateway that it is of.", { type: "integer" }) },
        },
      ),
      202: json("A heap dump is being written.", heapDump, {
        example: DUMP,
        headers: { location: header("Where to ask what became of it.") },
      }),
      400: BAD_BODY,
      409: problems(["generation-mismatch", "dump-in-progress", "gateway-not-running"]),
      502: problems(["dump-failed"]),
      507: problems(["no-room"]),
    },
  },
  {
    ...{ method: "GET", path: "/v1/dumps/{id}", access: "private", id: "getDump", tag: "control" },
    summary: "What became of a heap dump",
    parameters: [inPath("id", "The name of the dump.")],
    answers: {
      200: json("The dump.", heapDump, { example: { ...DUMP, state: "saved" } }),
      404: problems([], "There is no such dump, or it was too long ago."),
    },
  },
  {
    ...{ method: "POST", path: "/v1/log-level", access: "act", id: "setLogLevel", tag: "control" },
    summary: "Let Spark log more, or less",
    body: {
      schema: named(
        "LogLevelRequest",
        record<{ readonly level: (typeof LEVELS)[number]; readonly forSeconds?: number }>("What is wanted.", {
          level: oneOf("Spark's level.", LEVELS),
          forSeconds: amount("For how long; without it for the gateway's life.", {
            ...{ exclusiveMinimum: 0, maximum: MOST_SECONDS },
          }),
        }, ["forSeconds"]),
      ),
      required: true,
      example: { level: "DEBUG", forSeconds: 600 },
    },
    answers: {
      200: json(
        "It is changed.",
        record<{ readonly gateways: readonly LevelChange[] }>("What was done.", {
          gateways: list(
            "Every gateway that is ready.",
            named(
              "LevelChange",
              record<LevelChange>("What became of one gateway's level.", {
                generation,
                before: text("The level before."),
                level: text("The level now."),
                until: nullable(moment("When it is put back; `null` for never.")),
              }),
            ),
          ),
        }),
        {
          example: {
            gateways: [{ generation: 2, before: "WARN", level: "DEBUG", until: "2026-11-21T19:14:44.147Z" }],
          },
        },
      ),
      400: BAD_BODY,
      409: problems(["gateway-not-running"]),
      503: problems([], "The gateway could not be asked, or the daemon is starting."),
    },
  },
  {
    ...{ method: "GET", path: "/v1/logs", access: "private", id: "getLogs", tag: "control" },
    summary: "What the gateway has written, without secrets",
    parameters: [
      inQuery("stream", oneOf("One output alone.", ["stdout", "stderr"])),
      inQuery("lines", whole("How many of the last lines.", { minimum: 0, maximum: 10_000, default: 100 })),
      switchInQuery("follow", "Goes on with what comes, whatever generation writes it."),
    ],
    answers: {
      200: plain(
        "The lines, each passage under the name of its output.",
        "==> stderr <==\nSetting default log level…\n",
      ),
      400: problems([], "A parameter makes no sense."),
      503: problems([], "As many streams are open as may be, or the daemon is starting: ask again later."),
    },
  },
];
