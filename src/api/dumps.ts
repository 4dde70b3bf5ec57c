/**
 * What does a gateway that runs tell of its inside when it is asked? Its threads and what fills its heap as text, and
 * its whole heap as a file beside the daemon's state.
 * @module
 */

import { POSITIVE, readBody } from "./body.ts";
import type { Member } from "./body.ts";
import { mismatch } from "./commands.ts";
import { problem, problemOf } from "./problem.ts";
import type { Route, RoutedRequest } from "./route.ts";
import type { Status } from "./status.ts";

/** What can be asked for. */
const DUMP_KINDS = ["threads", "histogram", "heap"] as const;

/** One of {@linkcode DUMP_KINDS}. */
export type DumpKind = (typeof DUMP_KINDS)[number];

/** A heap dump that was asked for. */
export interface HeapDumpDocument {
  readonly id: string;
  readonly generation: number;
  /** Where it is written to; the file is the user's to remove. */
  readonly path: string;
  readonly state: "writing" | "saved" | "failed";
  /** Why it failed, or `null`. */
  readonly reason: string | null;
}

/** What came of asking. */
export type DumpOutcome =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "begun"; readonly dump: HeapDumpDocument }
  /** Another one is under way. */
  | { readonly kind: "busy" }
  | { readonly kind: "no-gateway" }
  | { readonly kind: "no-room"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Whoever asks the JVM. */
export interface Dumping {
  /** Asks this generation; never rejects. */
  take(kind: DumpKind, generation: number): Promise<DumpOutcome>;
  /** A heap dump that was begun; `null` when there is none of that name. */
  heapDump(id: string): HeapDumpDocument | null;
}

/** What the routes need. */
export interface DumpOptions {
  readonly dumping: Dumping;
  readonly status: () => Pick<Status, "generation" | "phase">;
}

const KIND: Member = {
  expected: `one of ${DUMP_KINDS.join(", ")}`,
  accepts: (value) => DUMP_KINDS.some((kind) => kind === value),
};

/** `POST /v1/dumps`, and `GET` of a heap dump that it has begun. */
export function dumpRoutes(options: DumpOptions): readonly Route[] {
  return [
    { method: "POST", path: "/v1/dumps", access: "act", answer: (asked) => take(asked, options) },
    {
      ...{ method: "GET", path: "/v1/dumps/{id}", access: "private" },
      answer: ({ parameters: { id = "" } }) => {
        const dump = options.dumping.heapDump(id);
        return dump === null ? problem(404, "There is no such heap dump.") : Response.json(dump);
      },
    },
  ];
}

async function take({ request }: RoutedRequest, { dumping, status }: DumpOptions): Promise<Response> {
  const body = await readBody(request, { kind: KIND, generation: POSITIVE });
  if (body instanceof Response) return body;
  const kind = DUMP_KINDS.find((each) => each === body.kind);
  if (kind === undefined) {
    return problem(400, `What is to be dumped must be said: {"kind": …}, with ${KIND.expected}.`);
  }
  const { generation, phase } = status();
  const refused = mismatch(body.generation, generation);
  if (refused !== null) return refused;
  const outcome = await dumping.take(kind, generation);
  switch (outcome.kind) {
    case "text":
      return new Response(outcome.text, { headers: { "rekindle-generation": String(generation) } });
    case "begun":
      return Response.json(outcome.dump, {
        status: 202,
        headers: { location: `/v1/dumps/${outcome.dump.id}` },
      });
    case "busy":
      return problemOf(
        "dump-in-progress",
        "The gateway is being asked already. Try again when that is done.",
      );
    case "no-gateway":
      return problemOf("gateway-not-running", `There is no gateway to ask: it is ${phase}.`, {
        members: { phase },
      });
    case "no-room":
      return problemOf("no-room", outcome.reason);
    case "failed":
      return problemOf("dump-failed", outcome.reason);
  }
}
