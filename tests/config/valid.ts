/**
 * A value other than the default for every setting.
 * @module
 */

import type { Settings } from "../../src/config.ts";
import { GIB } from "../../src/core/jvm_flags.ts";
import type { OptionName } from "../../src/options.ts";

/** A valid text for every setting, and the part of the settings it gives. */
export const VALID: Readonly<Record<Exclude<OptionName, "config">, readonly [string, Partial<Settings>]>> = {
  "name": ["night-1.a", { name: "night-1.a" }],
  "state-dir": ["/state", { stateDir: "/state" }],
  "api": ["127.0.0.2:80", { api: { hostname: "127.0.0.2", port: 80 } }],
  "trusted-hosts": ["a.example,10.0.0.5", { trustedHosts: ["a.example", "10.0.0.5"] }],
  "relay": ["0", { relayPort: 0 }],
  "no-relay": ["true", { relayPort: null }],
  "gateways": ["3", { gateways: 3 }],
  "standby": ["0", { standby: "0" }],
  "recycle": ["dirty", { recycle: "dirty" }],
  "sharing": ["shared", { sharing: "shared" }],
  "warm-up": ["/jobs/usual.py", { warmUp: "/jobs/usual.py" }],
  "no-archive": ["true", { archive: false }],
  "no-bytecode": ["true", { bytecode: false }],
  "python": ["/bin/python3", { python: "/bin/python3" }],
  "spark-home": ["/spark", { sparkHome: "/spark" }],
  "java-home": ["/java", { javaHome: "/java" }],
  "conf": ["a=b", { conf: ["a=b"] }],
  "packages": ["g:a:1", { packages: "g:a:1" }],
  "jars": ["a.jar", { jars: "a.jar" }],
  "heap": ["2g", { heapBytes: 2 * GIB }],
  "memory-limit": ["4g", { memoryLimitBytes: 4 * GIB }],
  "memory-mode": ["off", { memoryMode: "off" }],
  "heap-dump": ["true", { heapDump: true }],
  "restart": ["never", { restart: "never" }],
  "start-timeout": ["90", { startTimeoutMs: 90_000 }],
  "heartbeat": ["0.5", { heartbeatMs: 500 }],
  "log-level": ["debug", { logLevel: "debug" }],
  "log-format": ["json", { logFormat: "json" }],
  "quiet": ["true", { logLevel: "warn", quiet: true }],
};
