/**
 * What do hostile requests come to? A listener of the daemon's own routes, and of some that hold what is worth having.
 * @module
 */

import { planDocumentOf } from "../../src/api/plan.ts";
import { fileAnswer } from "../../src/api/file_answer.ts";
import { problem } from "../../src/api/problem.ts";
import { problemRoutes } from "../../src/api/problem_pages.ts";
import type { Route } from "../../src/api/route.ts";
import { statusOf } from "../../src/api/status.ts";
import { DEFAULT_SETTINGS } from "../../src/core/lifecycle.ts";
import type { Input } from "../../src/core/lifecycle.ts";
import { initialPool } from "../../src/core/pool/pool.ts";
import { serve } from "../../src/runtime/http.ts";
import type { HttpLimits } from "../../src/runtime/http.ts";
import { stateAfter, WAYS } from "../supervisor/ways.ts";
import { apiOf, stateRoutes } from "./asking.ts";
import { FACTS } from "./facts.ts";

const READY = stateAfter(WAYS.ready);
/** What nobody may see who has no token. */
export const PRIVATE = "what is private";
const TEXT = new TextEncoder().encode("0123456789");

/** The listener, and what came of being asked. */
export class Target implements AsyncDisposable {
  readonly posted: Input[] = [];
  opened = 0;
  readonly #server: Awaited<ReturnType<typeof serve>>;

  private constructor(server: Awaited<ReturnType<typeof serve>>) {
    this.#server = server;
  }

  static async open(limits: HttpLimits): Promise<Target> {
    let target: Target | null = null;
    const api = apiOf([
      ...stateRoutes({
        status: () => statusOf(initialPool(READY), FACTS),
        plan: () => planDocumentOf(READY, DEFAULT_SETTINGS.memory, FACTS.flags),
        post: (input) => void target?.posted.push(input),
      }),
      ...problemRoutes(),
      { method: "GET", path: "/private", access: "private", answer: () => new Response(PRIVATE) },
      {
        method: "GET",
        path: "/files/{name}",
        access: "private",
        answer: (asked) => target?.file(asked) ?? problem(404, "No."),
      },
    ]);
    const server = await serve({ hostname: "127.0.0.1", port: 0 }, api, limits);
    return target = new Target(server);
  }

  file({ request, parameters: { name } }: Parameters<Route["answer"]>[0]): Promise<Response> | Response {
    if (name !== "a.txt") return problem(404, "There is no such file.");
    this.opened++;
    return fileAnswer(request, {
      name,
      file: {
        ...{ bytes: TEXT.length, modifiedMs: 0, identity: "a" },
        read: (from, bytes) => Promise.resolve(TEXT.subarray(from, from + bytes)),
        close: () => {
          this.opened--;
          return Promise.resolve();
        },
      },
    });
  }

  /** All that comes back until the connection is closed; it is not closed from this side. */
  async say(...pieces: readonly (Uint8Array | string)[]): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#server.port });
    connection.setNoDelay();
    const sending = (async () => {
      for (const piece of pieces) {
        const all = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
        for (let sent = 0; sent < all.length;) sent += await connection.write(all.subarray(sent));
      }
    })().catch(() => {});
    let heard = "";
    const buffer = new Uint8Array(65_536);
    for (;;) {
      const length = await connection.read(buffer).catch(() => null);
      if (length === null) break;
      heard += new TextDecoder("latin1").decode(buffer.subarray(0, length));
    }
    await sending;
    return heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
  }
}
