/**
 * What do this machine's names stand for, and does its loopback work?
 * @module
 */

import { HOST_SETTINGS, HOST_VARIABLES } from "../core/doctor/network.ts";
import type { NetworkFacts } from "../core/doctor/network.ts";
import { reasonOf } from "../errors.ts";
import { within } from "../gateway/deadline.ts";
import type { Clock, Loopback } from "../ports.ts";
import { addressesOf, hostName, ownAddresses } from "../runtime/host.ts";
import type { Surroundings } from "./surroundings.ts";

const CONNECT_MS = 5_000;

/** Asks for every name, as Java would. */
export async function networkFacts({ context, env, settings, master }: Surroundings): Promise<NetworkFacts> {
  const names = [
    ...HOST_VARIABLES.map((by) => ({ by: by as string, name: env[by] })),
    ...HOST_SETTINGS.map((name) => ({ by: settings[name]?.by ?? name, name: settings[name]?.value })),
  ];
  const given = names.flatMap(({ by, name }) => name ? [{ by, name }] : []);
  const own = hostName();
  return {
    hostName: own,
    hostAddresses: await addressesOf(own),
    localhostAddresses: await addressesOf("localhost"),
    ownAddresses: ownAddresses(),
    loopbackFailure: await failureOf(context.runtime),
    given: await Promise.all(
      given.map(async (each) => ({ ...each, addresses: await addressesOf(each.name) })),
    ),
    settings,
    master,
  };
}

async function failureOf(
  { loopback, clock }: { readonly loopback: Loopback; readonly clock: Clock },
): Promise<string | null> {
  try {
    const listener = loopback.listen(0);
    try {
      const never = new AbortController().signal;
      const accepted = listener.accept();
      (await within(
        { clock, ms: CONNECT_MS, signal: never },
        (signal) => loopback.dial(listener.port, signal),
      ))
        .close();
      (await accepted)?.close();
      return null;
    } finally {
      listener.close();
    }
  } catch (error) {
    return reasonOf(error);
  }
}
