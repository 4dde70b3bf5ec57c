/**
 * Are the ports free that the daemon and Spark are told to use?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** A port somebody is to listen on. */
export interface PortFact {
  /** Who wants it. */
  readonly for: string;
  readonly port: number;
  /** What chose it, such as `--relay`. */
  readonly by: string;
  /** Why it cannot be had; `null` when it can. */
  readonly taken: string | null;
  /** Whether the own daemon has it. */
  readonly isOurs: boolean;
  /** How many ports above it are tried when it is taken: `spark.port.maxRetries`; 0 for none. */
  readonly retries: number;
}

/** Judges the ports. */
export function examinePorts(ports: readonly PortFact[]): Examination {
  return {
    seen: ports.map(({ port, for: who }) => `${port} (${who})`).join(", "),
    findings: ports.flatMap((each): readonly Finding[] => {
      const { port, by, taken, isOurs, retries, for: who } = each;
      if (taken === null || isOurs) return [];
      const fix = by.startsWith("--") && !by.startsWith("--conf")
        ? `${by} ${
          by === "--api" ? "127.0.0.1:0" : "0"
        } takes one that is free; ss -ltnp 'sport = :${port}' shows who has it`
        : `ss -ltnp 'sport = :${port}' shows who has it; correct ${by}`;
      return [{
        severity: retries > 0 ? "note" : "error",
        what: `Port ${port} (${who}, ${by}) is taken: ${taken}`,
        why: retries > 0
          ? `Spark goes on to the next ones, ${retries} at most.`
          : "What cannot listen where it was told to does not start.",
        fix,
      }];
    }),
  };
}
