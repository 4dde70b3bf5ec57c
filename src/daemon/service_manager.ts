/**
 * The daemon as systemd sees it: told of every change by the control loop itself, so that a loop that stands still
 * starves the watchdog.
 * @module
 */

import { NOTHING_TOLD, noticeOf } from "../core/service_notice.ts";
import type { Logger } from "../log.ts";
import type { Clock } from "../ports.ts";
import { openNotifier } from "../runtime/systemd.ts";
import type { Notifier } from "../runtime/systemd.ts";
import type { Pulse } from "../supervisor/supervisor.ts";

/** What is known of this process. */
export interface ServiceOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly log: Logger;
  readonly runtime: { readonly clock: Clock };
  /** How the notification socket is opened. */
  readonly open?: (address: string) => Notifier | null;
}

/** The service manager's place in the control loop. */
export interface ServiceManager extends Pulse {
  close(): void;
}

/** Often enough for a stop to be extended in time, seldom enough to cost nothing. */
const PERIOD_MS = 10_000;

/** The service manager that started this process and wants to be told, or `null`. */
export function serviceManagerOf(options: ServiceOptions): ServiceManager | null {
  const { env, pid, log, runtime: { clock }, open = openNotifier } = options;
  const address = env.NOTIFY_SOCKET;
  if (address === undefined) return null;
  const notifier = open(address);
  if (notifier === null) {
    log.warn(`the service manager at ${address} cannot be told anything: is Deno run with --unstable-net?`);
    return null;
  }
  const watchdogMs = watchdogMsOf(env, pid);
  let told = NOTHING_TOLD;
  return {
    // Half of what it waits for, as sd_watchdog_enabled(3) recommends.
    periodMs: Math.min(PERIOD_MS, (watchdogMs ?? Infinity) / 2),
    onTurn: (pool) => {
      const notice = noticeOf(pool, { told, nowMs: clock.nowMs(), watched: watchdogMs !== null });
      told = notice.told;
      if (notice.lines.length > 0) notifier.send(notice.lines);
    },
    close: () => notifier.close(),
  };
}

/** How long it waits for a sign of life of this very process; `null` when it does not. */
function watchdogMsOf({ WATCHDOG_USEC, WATCHDOG_PID }: ServiceOptions["env"], pid: number): number | null {
  const ms = Number(WATCHDOG_USEC) / 1000;
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid;
  return isOurs && ms > 0 && Number.isFinite(ms) ? ms : null;
}
