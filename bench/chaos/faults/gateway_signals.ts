/**
 * What becomes of a gateway that somebody else ends, or stops?
 * @module
 */

import { type Fault, gatewayOf, signal } from "../fault.ts";

function ended(name: Deno.Signal): Fault {
  return {
    what: `${name} of a gateway`,
    cost: "gateway",
    inject: async (target) => {
      signal(await gatewayOf(target), name);
      return null;
    },
  };
}

/** Signals that end it, and those that stop it for a while and for ever. */
export const GATEWAY_SIGNALS = {
  "gateway-kill": ended("SIGKILL"),
  "gateway-segv": ended("SIGSEGV"),
  "gateway-term": ended("SIGTERM"),
  "gateway-stop": ended("SIGSTOP"),
  "gateway-pause": {
    what: "SIGSTOP of a gateway, and SIGCONT up to 8 s later",
    // Only one that stands still for 15 s is ended.
    cost: "nothing",
    inject: async (target) => {
      const pid = await gatewayOf(target);
      signal(pid, "SIGSTOP");
      return () => Promise.resolve(signal(pid, "SIGCONT"));
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;
