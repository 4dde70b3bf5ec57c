/**
 * How is what has happened told?
 * @module
 */

import type { EventKind, Gap, Level, MemoryChange, PublishedEvent } from "../../core/events/event.ts";
import type { StopStep } from "../../core/lifecycle.ts";
import type { EventsDocument } from "../events.ts";
import { region } from "./memory.ts";
import {
  amount,
  either,
  list,
  moment,
  named,
  nullable,
  oneOf,
  only,
  record,
  text,
  truth,
  whole,
  words,
} from "./schema.ts";
import type { Schema } from "./schema.ts";
import { conditionKind } from "./status.ts";
import { causeClass, confidence, evidence, exitStatus, generation, phase } from "./verdict.ts";

type Of<Kind extends EventKind> = Extract<PublishedEvent, { readonly kind: Kind }>;
type Common = "kind" | "seq" | "at" | "generation" | "level" | "text";
type Own<Kind extends EventKind> = {
  readonly [Name in Exclude<keyof Of<Kind>, Common>]: Schema<Of<Kind>[Name]>;
};

const pid = whole("The gateway's process.", { minimum: 1 });
const heapBytes = amount("In bytes.");
const who = nullable(text("Who has asked, or `null`."));
const lease = text("The lease of the program.");
const why = text("Why, in words.");
const none = {};

const change = named(
  "MemoryChange",
  record<MemoryChange>("A part of the memory whose next size is another.", {
    region,
    fromBytes: amount("The size so far, in bytes."),
    toBytes: amount("The next size, in bytes."),
    why,
  }),
);

const level = named(
  "EventLevel",
  words<Level>("How much it asks of its reader.", {
    debug: "nothing",
    info: "to be known",
    warn: "to be looked at",
    error: "to be done something about",
  }),
);

const COMMON = {
  seq: whole(
    "Grows by one with each event, and from one daemon to the next: a number never means two events.",
  ),
  at: moment("When."),
  generation: nullable(generation),
  level,
  text: text("One sentence for people, or the clause of one."),
} as const satisfies { readonly [Name in Exclude<Common, "kind">]: Schema<PublishedEvent[Name]> };

/** What each kind means, and has of its own. */
const KINDS: { readonly [Kind in EventKind]: readonly [description: string, own: Own<Kind>] } = {
  "command": ["Somebody has asked for something.", {
    action: oneOf("What for.", ["start", "stop", "restart", "shutdown", "kill"]),
    by: who,
  }],
  "phase": ["A gateway has come into another phase.", { phase, from: nullable(phase) }],
  "starting": ["A gateway is started.", { heapBytes }],
  "attaching": ["It has a process, which has told its port.", { pid }],
  "ready": ["A program can attach.", {
    pid,
    afterMs: amount("Since its start, in milliseconds."),
    heapBytes: nullable(amount("As the JVM confirms it, in bytes; `null` where it does not tell.")),
  }],
  "memory-differs": ["The JVM has taken other sizes than planned.", {
    differences: list("Each in words.", text("One.")),
  }],
  "heap-ignored": ["A program asks for a heap that its gateway cannot give any more.", none],
  "condition": ["Something is wrong with a gateway that runs.", {
    condition: conditionKind,
    reason: why,
    excuse: nullable(text("Why it is not ended yet, or `null`.")),
  }],
  "recovered": ["Nothing is wrong with it any more.", none],
  "ending": ["It is to be ended.", {
    cause: oneOf("What for.", ["stop", "restart", "retire", "unfit", "start-timeout"]),
    by: who,
    reason: nullable(why),
  }],
  "end-step": ["The next step of ending it, each less gentle than the one before.", {
    step: words<StopStep>("What is done.", {
      "close-stdin": "its standard input is closed",
      "inspect": "it is asked about itself first",
      "SIGTERM": "it is sent SIGTERM",
      "SIGKILL": "it is sent SIGKILL",
    }),
  }],
  "exited": ["Its process has ended.", { exit: exitStatus }],
  "stopped": ["Nothing runs, and nothing shall.", none],
  "died": ["A death that nobody asked for, with its verdict.", {
    class: causeClass,
    confidence,
    summary: text("One sentence in plain words."),
    evidence: list("The first lines that speak for it.", evidence),
    remedy: text("What the reader can do."),
    exit: exitStatus,
    memory: text("What becomes of the memory, in words."),
    next: record<Of<"died">["next"]>("What is done about it.", {
      kind: oneOf("Whether another gateway is started.", ["restart", "give-up"]),
      reason: why,
    }),
  }],
  "memory-plan": ["The next gateway gets other sizes.", { changes: list("Which.", change) }],
  "incident": ["The evidence of a death is kept.", { id: text("Its name below `/v1/incidents`.") }],
  "program-waits": ["A program waits for a gateway.", { lease }],
  "program-came": ["A program has one.", { lease }],
  "program-ended": ["A program has ended.", { lease }],
  "program-lost": ["A program's gateway was lost, and it is told so.", { lease, reason: why }],
  "standby": ["A gateway is warmed up, and waits for a program.", none],
  "warm-up": ["Gateways are warmed up no more, or again.", {
    refusal: nullable(text("Why no more, or `null`: again.")),
  }],
  "memory-pressure": ["There is no memory for a gateway that only waits, or there is again.", {
    isShort: truth("Whether there is none."),
  }],
  "archive": ["A class-data archive was made, or not.", {
    bytes: nullable(whole("Its size in bytes; `null` when there is none.")),
  }],
  "reload": ["The configuration was read again.", {
    changes: list("What is taken up.", text("Such as `restart: always → never`.")),
    pending: list("The settings that have changed as well, and need a restart.", text("Its name.")),
    mistakes: whole("How many mistakes it has; with any, nothing is changed.", { minimum: 0 }),
  }],
};

/** Such as `MemoryDiffersEvent`. */
function nameOf(kind: string): string {
  const parts = kind.split("-").map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}`);
  return `${parts.join("")}Event`;
}

const EVENTS = Object.entries(KINDS).map(([kind, [description, own]]) => ({
  kind,
  // Each row of the table has been held against its own kind.
  schema: named(nameOf(kind), record(description, { kind: only(kind), ...COMMON, ...own })),
}));

/** One event. */
export const event: Schema<PublishedEvent> = named("Event", {
  ...either<PublishedEvent>(
    "Something that has happened, in words and figures.",
    ...EVENTS.map(({ schema }) => schema),
  ),
  discriminator: {
    propertyName: "kind",
    mapping: Object.fromEntries(EVENTS.map(({ kind, schema }) => [kind, schema.$ref])),
  },
});

/** What is missing. */
export const gap = named(
  "Gap",
  record<Gap>("Events that are not to be had any more.", {
    after: whole("The number of the last one that was known to whoever asks."),
    before: whole("The number of the first one that follows."),
    reason: words<Gap["reason"]>("Why.", {
      history: "too many have come since",
      restart: "another daemon has counted",
    }),
  }),
);

/** The document of `/v1/events`. */
export const eventsDocument = named(
  "Events",
  record<EventsDocument>("What has happened.", {
    events: list("Oldest first.", event),
    gap: nullable(gap),
    last: whole("The number of the newest event there is."),
  }),
);
