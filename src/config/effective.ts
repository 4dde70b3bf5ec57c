/**
 * What does each setting come to, in the words a file would say it with?
 * @module
 */

import type { Settings } from "../config.ts";
import { renderSize } from "../core/jvm_flags.ts";
import type { OptionName } from "../options.ts";

/** A value as a file has it; `null` where there is none. */
export type EffectiveValue = string | number | boolean | readonly string[] | null;

const VALUE_OF: Readonly<Record<Exclude<OptionName, "config">, (settings: Settings) => EffectiveValue>> = {
  "name": ({ name }) => name,
  "state-dir": ({ stateDir }) => stateDir,
  "api": ({ api: { hostname, port } }) => `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`,
  "trusted-hosts": ({ trustedHosts }) => trustedHosts.length === 0 ? null : trustedHosts.join(","),
  "relay": ({ relayPort }) => relayPort,
  "no-relay": ({ relayPort }) => relayPort === null,
  "gateways": ({ gateways }) => gateways,
  "standby": ({ standby }) => standby,
  "recycle": ({ recycle }) => recycle,
  "sharing": ({ sharing }) => sharing,
  "warm-up": ({ warmUp }) => warmUp,
  "no-archive": ({ archive }) => !archive,
  "no-bytecode": ({ bytecode }) => !bytecode,
  "python": ({ python }) => python,
  "spark-home": ({ sparkHome }) => sparkHome,
  "java-home": ({ javaHome }) => javaHome,
  "conf": ({ conf }) => conf,
  "packages": ({ packages }) => packages,
  "jars": ({ jars }) => jars,
  "heap": ({ heapBytes }) => sizeOf(heapBytes),
  "memory-limit": ({ memoryLimitBytes }) => sizeOf(memoryLimitBytes),
  "memory-mode": ({ memoryMode }) => memoryMode,
  "heap-dump": ({ heapDump }) => heapDump,
  "restart": ({ restart }) => restart,
  "start-timeout": ({ startTimeoutMs }) => startTimeoutMs / 1000,
  "heartbeat": ({ heartbeatMs }) => heartbeatMs / 1000,
  "log-level": ({ logLevel }) => logLevel,
  "log-format": ({ logFormat }) => logFormat,
  "quiet": ({ quiet }) => quiet,
};

/** What a setting comes to. */
export function effectiveValue(name: Exclude<OptionName, "config">, settings: Settings): EffectiveValue {
  return VALUE_OF[name](settings);
}

function sizeOf(bytes: number | null): string | null {
  return bytes === null ? null : renderSize(bytes);
}
