/**
 * `rekindle status`: what is the gateway doing?
 * @module
 */

import type { Status } from "../api/status.ts";
import { formatSize } from "../core/jvm_flags.ts";
import { describeDifference, differences } from "../core/memory/read_back.ts";
import { EXIT } from "../errors.ts";
import type { ExitCode } from "../errors.ts";
import { printable, printableJson } from "../printable.ts";
import { findDaemon } from "./client.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { LIMIT_OF } from "../core/memory/budget.ts";

/** The command line's way to {@linkcode status}. */
export const command: Command = async ({ context, own }) => await status(await context(), own.json === true);

/** Prints what the gateway is doing. The exit code is LSB's: 0 ready, 3 no daemon or gateway, 4 not known yet. */
export async function status(context: CommandContext, json: boolean): Promise<ExitCode> {
  const daemon = await findDaemon(context);
  if (daemon === null) {
    if (json) context.print(`${JSON.stringify({ phase: null })}\n`);
    else context.print('No daemon is running. Start one with "rekindle run".\n');
    return EXIT.notRunning;
  }
  const report = await daemon.status();
  context.print(json ? `${printableJson(report)}\n` : text(render(report, daemon.url)));
  if (report.ready) return EXIT.ok;
  return report.phase === "stopped" || report.phase === "failed" ? EXIT.notRunning : EXIT.unknown;
}

/** What becomes of the next program. */
const NEXT: Readonly<Record<Status["pool"]["next"], string>> = {
  ready: "a program starts at once",
  busy: "a program waits in line",
  coming: "a program waits for a gateway",
  hopeless: "no program can start",
};

/** What a gateway wrote must not command the terminal. */
function text(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join("");
}

function render(report: Status, url: string): readonly string[] {
  const { gateway, plan, lastIncident, health } = report;
  const unfit = report.phase === "ready" && !report.ready;
  const state = unfit
    ? `ready, but not fit (${gateway.condition?.kind ?? "the daemon is busy"})`
    : report.phase;
  const process = gateway.pid === null ? "" : `, process ${gateway.pid}, since ${gateway.since}`;
  const lines = [
    `gateway    ${state}, generation ${report.generation}${process}`,
    `memory     heap ${formatSize(plan.heap.bytes)} (${plan.heap.why}), of the ${
      formatSize(plan.budget.bytes)
    } ` +
    LIMIT_OF[plan.budget.source],
    `spark      ${report.spark.version} in ${report.spark.home}`,
    `java       ${report.java.version} in ${report.java.home}`,
    `restarts   ${report.restarts}`,
  ];
  const { seats, warmUpRefusal, next } = report.pool;
  if (seats.length > 1) {
    lines.push(`next       ${NEXT[next]}`);
    for (const { generation, phase, warmth, programs } of seats) {
      const use = programs > 0 ? "a program has it" : phase === "ready" ? warmth : "";
      lines.push(`           generation ${generation}: ${phase}${use === "" ? "" : `, ${use}`}`);
    }
  }
  if (warmUpRefusal !== null) lines.push(`warn       no gateway is warmed up: ${warmUpRefusal}`);
  if (report.pool.isMemoryShort) {
    lines.push("warn       memory is short: no gateway waits for the next program");
  }
  lines.push(`archive    ${report.archive}`);
  if (gateway.heartbeatLatencyMs !== null) {
    lines.push(
      `heartbeat  ${gateway.lastHeartbeat}, answered in ${gateway.heartbeatLatencyMs.toFixed(1)} ms`,
    );
  }
  for (const each of differences(plan, gateway.flags ?? {})) {
    lines.push(`warn       ${describeDifference(each)}`);
  }
  for (const seen of gateway.condition?.evidence ?? []) lines.push(`evidence   ${seen}`);
  if (lastIncident !== null) {
    const { verdict, change, decision, generation } = lastIncident;
    lines.push(
      `last death generation ${generation}: ${verdict.class}. ${verdict.summary}`,
      `           memory: ${change.reason}`,
      `           then: ${decision.reason}`,
    );
  }
  for (const [name, { status, output }] of Object.entries(health.checks)) {
    if (status !== "pass" && output !== null) lines.push(`${status.padEnd(10)} ${name}: ${output}`);
  }
  lines.push(`daemon     process ${report.daemon.pid}, ${url}/health`);
  return lines;
}
