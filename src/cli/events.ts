/**
 * `rekindle events`: what has happened, and what happens now?
 * @module
 */

import { EVENT_KINDS } from "../core/events/event.ts";
import type { Gap, PublishedEvent } from "../core/events/event.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { linesOf } from "../daemon/narration.ts";
import { printable, printableJson } from "../printable.ts";
import { findDaemon } from "./client.ts";
import type { DaemonClient } from "./client.ts";
import type { Command, Invocation } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { readLineCount } from "./line_count.ts";
import { nobodyRuns } from "./named_daemons.ts";

/** What is asked for. */
export interface EventsRequest {
  /** How many that have been. */
  readonly count: number;
  readonly follow: boolean;
  readonly json: boolean;
}

const LINES = { usual: 100, least: 1, most: 1000 };
/** Between the end of a stream and the look whether there is another daemon. */
const PAUSE_MS = 500;

/** The command line's way to {@linkcode events}. */
export const command: Command = async (call) => await events(await call.context(), readEventsRequest(call));

/**
 * Reads the flags of `events`.
 * @throws {UserError} When a value makes no sense.
 */
export function readEventsRequest({ own }: Pick<Invocation, "own">): EventsRequest {
  const count = readLineCount(own.lines, LINES);
  return { count, follow: own.follow === true, json: own.json === true };
}

/** Prints events, oldest first; with `follow`, those that come as well, for as long as there is a daemon. */
export async function events(context: CommandContext, request: EventsRequest): Promise<ExitCode> {
  let daemon = await findDaemon(context);
  if (daemon === null) {
    if (!request.json) context.print(await nobodyRuns(context));
    return EXIT.notRunning;
  }
  const show = (event: PublishedEvent) => context.print(shown(event, request));
  // Of those that people are not shown there may be many among the last.
  const { events, last } = await daemon.events(request.json ? request.count : LINES.most);
  events.filter((event) => shown(event, request) !== "").slice(-request.count).forEach(show);
  let known = last;
  while (request.follow && daemon !== null) {
    known = await followed(daemon, known, {
      show,
      missed: (gap) => {
        if (!request.json) context.print(`${MISSED[gap.reason]}\n`);
      },
    });
    await context.runtime.clock.sleep(PAUSE_MS);
    daemon = await findDaemon(context);
  }
  if (request.follow && !request.json) context.print("The daemon has ended.\n");
  return EXIT.ok;
}

/** What stands where events are missing. */
const MISSED: Readonly<Record<Gap["reason"], string>> = {
  history: "…  some events are not to be had any more",
  restart: "…  another daemon has begun",
};

/** Listens until the stream ends. @returns The number of the last event that came. */
function followed(
  { url }: DaemonClient,
  since: number,
  { show, missed }: { readonly show: (event: PublishedEvent) => void; readonly missed: (gap: Gap) => void },
): Promise<number> {
  const source = new EventSource(`${url}/v1/events/stream?since=${since}`);
  let known = since;
  for (const kind of EVENT_KINDS) {
    source.addEventListener(kind, ({ data }) => {
      const event = JSON.parse(data) as PublishedEvent;
      known = event.seq;
      show(event);
    });
  }
  source.addEventListener("gap", ({ data }) => missed(JSON.parse(data) as Gap));
  const { promise, resolve } = Promise.withResolvers<number>();
  // It would come again by itself, to the same address: another daemon may have another one.
  source.addEventListener("error", () => {
    source.close();
    resolve(known);
  });
  return promise;
}

function shown(event: PublishedEvent, { json }: EventsRequest): string {
  if (json) return `${printableJson(event, 0)}\n`;
  // Each phase is told of by an event of its own as well.
  if (event.kind === "phase") return "";
  // Swedish writes dates as ISO 8601 does.
  const time = new Date(event.at).toLocaleString("sv-SE");
  return linesOf(event).map(({ level, text }) => {
    const urgency = level === "warn" || level === "error" ? `${level}: ` : "";
    return `${time}  ${urgency}${printable(text)}\n`;
  }).join("");
}
