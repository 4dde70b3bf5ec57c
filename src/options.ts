/**
 * Which settings are there? One row each: flag, variable, key of the file and help follow from it.
 * @module
 */

/** What a setting's text must be. */
export type OptionKind =
  | "text"
  | "name"
  | "flag"
  | "size"
  | "seconds"
  | "address"
  | "hosts"
  | "port"
  | "count"
  | "list"
  | readonly [string, ...string[]];

/** One setting. */
export interface OptionSpec {
  readonly kind: OptionKind;
  /** What stands for its value in help. */
  readonly value: string;
  readonly help: string;
  /** What holds when it is not given, where that is not plain. */
  readonly unset?: string;
  /** Its one letter. */
  readonly short?: string;
  /** The page of `docs/` that tells more of it, with the heading. */
  readonly page?: string;
}

/** The settings of `run` and `exec`, in the order help shows them. Keys are flags without their dashes. */
export const OPTIONS = {
  "name": { kind: "name", value: "NAME", help: "tells several daemons of one user apart" },
  "config": { kind: "text", value: "FILE", help: "a JSON file with any of these settings" },
  "state-dir": {
    kind: "text",
    value: "DIR",
    help: "ledger and incidents; runtime files go to run/, logs to log/ below it",
    unset: "XDG or systemd folders",
  },
  "api": {
    kind: "address",
    value: "HOST:PORT",
    help: "where the health API listens",
    unset: "127.0.0.1:7433",
    page: "API.md#two-doors",
  },
  "trusted-hosts": {
    kind: "hosts",
    value: "LIST",
    help: "names by which the API may be asked for, beside this machine's own; needed for all but loopback",
    page: "API.md#beyond-this-machine",
  },
  "relay": {
    kind: "port",
    value: "PORT",
    help: "where programs attach",
    unset: "7434; for exec any that is free",
    page: "PROGRAMS.md#attach-without-exec",
  },
  "no-relay": {
    kind: "flag",
    value: "",
    help: "programs attach to the gateway itself: none waits for it, or is told of its loss",
  },
  "gateways": {
    kind: "count",
    value: "N",
    help: "how many programs may run at a time, each with its own",
    unset: "1",
    page: "PROGRAMS.md#one-gateway-a-program",
  },
  "standby": {
    kind: ["auto", "0", "1"],
    value: "auto|0|1",
    help: "keep one more gateway warm for the next program; auto where its memory is not missed",
    unset: "auto",
  },
  "recycle": {
    kind: ["always", "dirty", "never"],
    value: "WHEN",
    help: "end a gateway with its program: always, dirty (it left something behind) or never",
    unset: "always",
  },
  "sharing": {
    kind: ["exclusive", "shared"],
    value: "MODE",
    help: "exclusive: one program a gateway; shared: one gateway for all programs",
    unset: "exclusive",
  },
  "warm-up": { kind: "text", value: "FILE", help: "a PySpark program that warms gateways up as well" },
  "no-archive": {
    kind: "flag",
    value: "",
    help: "start gateways without a class-data archive, and make none",
  },
  "no-bytecode": {
    kind: "flag",
    value: "",
    help: "have Python's workers compile PySpark with every context, and keep no bytecode of it",
  },
  "python": { kind: "text", value: "PATH", help: "the Python whose PySpark is used" },
  "spark-home": {
    kind: "text",
    value: "DIR",
    help: "the Spark to use",
    page: "CONFIGURATION.md#which-spark-which-java",
  },
  "java-home": {
    kind: "text",
    value: "DIR",
    help: "the Java to use",
    page: "CONFIGURATION.md#which-spark-which-java",
  },
  "conf": { kind: "list", value: "K=V", help: "a Spark setting for the gateway; may be repeated" },
  "packages": {
    kind: "text",
    value: "LIST",
    help: "Maven coordinates Spark fetches before the gateway starts",
  },
  "jars": { kind: "text", value: "LIST", help: "jars for the gateway's class path" },
  "heap": {
    kind: "size",
    value: "SIZE",
    help: "the first heap; it may move after a memory death",
    unset: "1g",
  },
  "memory-limit": {
    kind: "size",
    value: "SIZE",
    help: "what gateway and Python workers may use together",
    unset: "container or machine",
  },
  "memory-mode": {
    kind: ["adjust", "suggest", "off"],
    value: "MODE",
    help: "adjust, suggest (only says what it would do) or off: may the heap move after a death",
    unset: "adjust",
    page: "MEMORY.md",
  },
  "heap-dump": {
    kind: "flag",
    value: "",
    help: "keep a heap dump of a gateway that dies of its memory: large, and with your data in it",
    page: "INCIDENTS.md#heap-dumps",
  },
  "restart": {
    kind: ["always", "on-failure", "never"],
    value: "MODE",
    help: "always, on-failure (leaves a clean exit alone) or never",
    unset: "always",
  },
  "start-timeout": {
    kind: "seconds",
    value: "SECONDS",
    help: "how long a start may take; longer while Spark is seen fetching packages",
    unset: "60",
  },
  "heartbeat": {
    kind: "seconds",
    value: "SECONDS",
    help: "how often the gateway is asked; silence is judged by 2.5 and 7.5 times this when that is longer",
    unset: "2",
  },
  "log-level": {
    kind: ["debug", "info", "warn", "error"],
    value: "LEVEL",
    help: "of the daemon's own log, on standard error: debug, info, warn or error",
    unset: "info",
  },
  "log-format": { kind: ["text", "json"], value: "FORMAT", help: "text or json", unset: "text" },
  "quiet": { kind: "flag", value: "", help: "warnings and errors only", short: "q" },
} as const satisfies Record<string, OptionSpec>;

/** The name of a setting. */
export type OptionName = keyof typeof OPTIONS;

/** All of them: what `run` and `exec` take. */
export const ALL_OPTIONS: readonly OptionName[] = optionNames();
/** Those whose names are not options of `spark-submit` as well: what `submit` and `shell` take. */
export const BESIDE_SPARK: readonly OptionName[] = optionNames().filter((name) =>
  !["name", "conf", "packages", "jars"].includes(name)
);
/** Those by which other commands find a running daemon. */
export const FINDING: readonly OptionName[] = ["name", "config", "state-dir", "api"];

/** Those that a gateway is started with: to one that runs already they say nothing. */
export const STARTING: readonly OptionName[] = optionNames().filter((name) =>
  ![...FINDING, "relay", "log-level", "log-format", "quiet"].includes(name)
);

/** What help says of a setting, with what holds when it is not given. */
export function helpOf(name: OptionName): string {
  const { help, unset }: OptionSpec = OPTIONS[name];
  return unset === undefined ? help : `${help} (${unset})`;
}

/** The environment variable of a setting, such as `REKINDLE_STATE_DIR`. */
export function variableOf(name: OptionName): string {
  return `REKINDLE_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Every name, in the order of the table. */
export function optionNames(): readonly OptionName[] {
  return Object.keys(OPTIONS) as OptionName[];
}
