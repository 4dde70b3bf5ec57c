/**
 * Which commands say what is, what was, and why?
 * @module
 */

import { ALL_OPTIONS, FINDING } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

/** They read, and change nothing of a gateway. */
export const LOOKING = {
  status: {
    summary: "say what the gateway is doing",
    synopsis: "[--json] [options]",
    examples: [
      ["rekindle status", "for people"],
      ["rekindle status --json | jq .phase", "for programs"],
      ["rekindle status >/dev/null && echo ready", "exit code 0: ready, 4: on its way or unfit, 3: none"],
    ],
    options: FINDING,
    own: { json: { value: "", help: "the whole status as JSON" } },
    operands: { kind: "none" },
    load: () => import("../status.ts"),
  },
  wait: {
    summary: "wait until the gateway is ready, stopped or failed; with --ready until it can be used",
    synopsis: "[--ready] [--timeout TIME] [options]",
    examples: [
      ["rekindle wait --ready", "also for a daemon that is about to start"],
      ["rekindle wait --ready --timeout 5m && rekindle exec -- python job.py", "in a script"],
    ],
    options: FINDING,
    own: {
      ready: { value: "", help: "until a program can attach; ends early when it will not come to that" },
      timeout: { value: "TIME", help: "how long to wait, such as 90, 90s or 5m (90s)" },
    },
    operands: { kind: "none" },
    load: () => import("../wait.ts"),
  },
  "log-level": {
    summary: "change Spark's log level on the running gateways, for a while",
    synopsis: "LEVEL [--for TIME] [--json] [options]",
    examples: [
      ["rekindle log-level DEBUG --for 2m", "and back again after two minutes"],
      ["rekindle log-level ERROR", "for ten minutes"],
    ],
    options: FINDING,
    own: {
      for: { value: "TIME", help: "after what time it is put back, such as 90, 90s or 5m (10m)" },
      json: { value: "", help: "what became of each gateway, as JSON" },
    },
    operands: {
      kind: "one-of",
      words: ["ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"],
      missing: "Cannot change the log level: none is named",
    },
    load: () => import("../log_level.ts"),
  },
  dump: {
    summary: "ask the running gateway for its threads, what fills its heap, or its whole heap",
    synopsis: "threads|histogram|heap [--json] [options]",
    examples: [
      ["rekindle dump threads", "what every thread is doing"],
      ["rekindle dump histogram | head -20", "the classes that fill the heap"],
      ["rekindle dump heap", "a file with everything in memory, data and secrets"],
    ],
    options: FINDING,
    own: { json: { value: "", help: "as JSON: the text, or the file and what became of it" } },
    operands: {
      kind: "one-of",
      words: ["threads", "histogram", "heap"],
      missing: "Cannot ask the gateway: what for is not said",
    },
    load: () => import("../dump.ts"),
  },
  events: {
    summary: "tell what has happened, and what happens now",
    synopsis: "[-f] [-n N] [--json] [options]",
    examples: [
      ["rekindle events", "starts, deaths with their verdict, conditions, programs, commands"],
      ["rekindle events -f --json | jq -r .kind", "as they happen, one JSON object a line"],
    ],
    options: FINDING,
    own: {
      follow: { value: "", help: "go on as long as there is a daemon", short: "f" },
      lines: { value: "N", help: "so many of the last events (100)", short: "n" },
      json: { value: "", help: "every event as a JSON object on a line of its own" },
    },
    operands: { kind: "none" },
    load: () => import("../events.ts"),
  },
  logs: {
    summary: "show what the gateway wrote, with and without a daemon that runs",
    synopsis: "[-f] [-n N] [--stream stdout|stderr] [--json] [options]",
    examples: [
      ["rekindle logs", "the last lines of both outputs"],
      ["rekindle logs -f --stream stderr", "what Spark logs, as it comes"],
      ["rekindle logs --json | jq -r .text", "for programs: one JSON object a line"],
    ],
    options: ["name", "config", "state-dir"],
    own: {
      follow: { value: "", help: "go on with what comes, until Ctrl-C", short: "f" },
      lines: { value: "N", help: "so many of the last lines (100)", short: "n" },
      stream: { value: "stdout|stderr", help: "one output alone; Spark logs to stderr" },
      json: { value: "", help: "every line as a JSON object on a line of its own: stream, text" },
    },
    operands: { kind: "none" },
    load: () => import("../logs.ts"),
  },
  plan: {
    summary: "show the gateway's memory, what would become of it, and what would have",
    synopsis: "[--limit SIZE] [--cause CLASS…] [options] | --replay [options]",
    examples: [
      ["rekindle plan", "each region, its flag, where it comes from and why"],
      ["rekindle plan --limit 4g --cause heap-oom", "what if? Changes nothing"],
      ["rekindle plan --replay", "the kept deaths, as they would be answered now"],
    ],
    options: ALL_OPTIONS,
    own: {
      limit: { value: "SIZE", help: "what if the limit were this? Nothing is changed by asking" },
      cause: {
        value: "CLASS",
        help: "what if it died of this? May be repeated: one death more",
        repeats: true,
      },
      replay: { value: "", help: "live through the deaths that are kept, as memory would be planned now" },
      json: { value: "", help: "everything as one JSON document" },
    },
    operands: { kind: "none" },
    page: "MEMORY.md",
    load: () => import("../plan.ts"),
  },
  incidents: {
    summary: "list the deaths that are kept, show one, make an archive of one for a bug report",
    synopsis: "[show ID|last | bundle ID|last [-o FILE] | rm ID…] [options]",
    examples: [
      ["rekindle incidents", "every death that is kept, newest first"],
      ["rekindle incidents show last", "one in full, like a doctor's letter"],
      ["rekindle incidents bundle last", "one as rekindle-ID.tar.gz for a bug report"],
      ["rekindle incidents rm last", "remove one; an ID may be its beginning"],
    ],
    options: ["name", "config", "state-dir"],
    own: {
      json: { value: "", help: "the list, or the manifest of the one that is shown, as JSON" },
      output: { value: "FILE", help: "where the archive goes (rekindle-ID.tar.gz)", short: "o" },
    },
    operands: { kind: "free", first: ["list", "show", "bundle", "rm"] },
    page: "INCIDENTS.md",
    load: () => import("../incidents.ts"),
  },
  explain: {
    summary: "say why something failed, from any log or error report",
    synopsis: "[--json] FILE… | -",
    examples: [
      ["rekindle explain driver.log hs_err_pid4242.log.gz", "works offline, on logs from anywhere"],
      ["kubectl logs driver | rekindle explain -", "from standard input"],
    ],
    options: [],
    own: { json: { value: "", help: "an array with an object for each file" } },
    operands: { kind: "files", missing: "Cannot explain anything: no file is given" },
    page: "INCIDENTS.md#explain-any-log",
    load: () => import("../explain.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
