/**
 * Which commands help to set rekindle up, and to learn of it?
 * @module
 */

import { DRILL_NAMES } from "../../drill/names.ts";
import { ALL_OPTIONS } from "../../options.ts";
import type { CommandSpec } from "../command.ts";

/** They need no daemon. */
export const SETTING_UP = {
  doctor: {
    summary: "find what keeps a gateway from working, and say what puts it right",
    synopsis: "[--deep] [--json] [options]",
    examples: [
      ["rekindle doctor", "Java, Spark, Python, memory, limits, network, disk and settings"],
      ["rekindle doctor --deep", "a scratch gateway as well, with a first program on it"],
      ["rekindle doctor --conf 'spark.master=local[8]' --heap 8g", "would run work with these?"],
    ],
    options: ALL_OPTIONS,
    own: {
      deep: { value: "", help: "start a scratch gateway, run a first program on it and warm it up" },
      json: { value: "", help: "every check and its findings as one JSON document" },
    },
    operands: { kind: "none" },
    page: "DOCTOR.md",
    load: () => import("../doctor.ts"),
  },
  check: {
    summary: "say what the settings come to, and from where; the java command; the memory plan",
    synopsis: "[--json | --schema] [options]",
    examples: [
      ["rekindle check --config rekindle.json", "exit code 78 when no gateway can start with it"],
      ["rekindle check --schema", "the JSON Schema of the configuration file"],
    ],
    options: ALL_OPTIONS,
    own: {
      json: { value: "", help: "everything as one JSON document" },
      schema: { value: "", help: "print the schema of the configuration file, and check nothing" },
    },
    operands: { kind: "none" },
    page: "CONFIGURATION.md#the-configuration-file",
    load: () => import("../check.ts"),
  },
  service: {
    summary: "make the daemon a service of systemd, and undo it",
    synopsis: "install|remove [--user] [--instance NAME] [--dry-run] [options]",
    examples: [
      ["rekindle service install --instance etl --python /opt/etl/bin/python", "of the machine, as root"],
      ["rekindle service install --user --heap 4g", "of your own, with a setting"],
      ["rekindle service remove --instance etl --dry-run", "what would be done; changes nothing"],
    ],
    options: ALL_OPTIONS.filter((name) => !["name", "config", "state-dir"].includes(name)),
    own: {
      user: { value: "", help: "a service of this user, not of the machine" },
      instance: {
        value: "NAME",
        help: "the gateway's name, of which the service is rekindle@NAME (default)",
      },
      "dry-run": { value: "", help: "show the commands and run none", short: "n" },
      "keep-data": { value: "", help: "remove: leave incidents, ledger and logs" },
    },
    operands: {
      kind: "one-of",
      words: ["install", "remove"],
      missing: "Cannot tell what to do: neither install nor remove is given",
    },
    page: "../systemd/README.md",
    load: () => import("../service.ts"),
  },
  drill: {
    summary: "bring faults about in a scratch instance, and show how they are found and healed",
    synopsis: "[--all] [--json] [options] [NAME…]",
    examples: [
      ["rekindle drill", "which drills are there?"],
      ["rekindle drill kill heap", "these two; a daemon that runs is not touched"],
      ["rekindle drill --all --json", "everything that this machine allows, for programs"],
    ],
    options: ALL_OPTIONS,
    own: {
      all: { value: "", help: "every drill that this machine allows" },
      json: { value: "", help: "what came of each as one JSON document" },
    },
    operands: { kind: "free", first: DRILL_NAMES },
    page: "DOCTOR.md#drills",
    load: () => import("../drill.ts"),
  },
  completions: {
    summary: "print a script by which a shell completes rekindle's command lines",
    synopsis: "bash|zsh|fish",
    examples: [
      ["source <(rekindle completions bash)", "in ~/.bashrc"],
      ["source <(rekindle completions zsh)", "in ~/.zshrc, after compinit"],
      ["rekindle completions fish > ~/.config/fish/completions/rekindle.fish", "for every fish"],
    ],
    options: [],
    own: {},
    operands: {
      kind: "one-of",
      words: ["bash", "zsh", "fish"],
      missing: "Cannot print completions: no shell is named",
    },
    load: () => import("../completions.ts"),
  },
  version: {
    summary: "print the version",
    synopsis: "[--json]",
    examples: [
      ["rekindle version", "of rekindle"],
      ["rekindle version --json", "of Deno and V8 as well"],
    ],
    options: [],
    own: { json: { value: "", help: "as JSON, with the versions of Deno and V8" } },
    operands: { kind: "none" },
    load: () => import("../version.ts"),
  },
  help: {
    summary: "explain a command",
    synopsis: "[COMMAND]",
    examples: [["rekindle help exec", "its options; the same as rekindle exec --help"]],
    options: [],
    own: {},
    operands: { kind: "command" },
    load: () => import("../help.ts"),
  },
} as const satisfies Record<string, CommandSpec>;
