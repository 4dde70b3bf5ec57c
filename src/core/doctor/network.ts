/**
 * Do the names and addresses work that a gateway binds to and its programs and executors come by?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";
import type { SparkSettings } from "./settings.ts";

/** What the machine's names stand for. */
export interface NetworkFacts {
  readonly hostName: string;
  /** What the host name resolves to; `null` when it does not. */
  readonly hostAddresses: readonly string[] | null;
  /** What `localhost` resolves to; `null` when it does not. */
  readonly localhostAddresses: readonly string[] | null;
  /** The addresses of this machine's interfaces. */
  readonly ownAddresses: readonly string[];
  /** Why a connection to 127.0.0.1 failed; `null` when it worked. */
  readonly loopbackFailure: string | null;
  /** Names that were given for this machine, and what they resolve to. */
  readonly given: readonly {
    readonly by: string;
    readonly name: string;
    readonly addresses: readonly string[] | null;
  }[];
  readonly settings: SparkSettings;
  readonly master: string;
}

/** The names that are given for this machine: variables, and settings of Spark. */
export const HOST_VARIABLES = ["SPARK_LOCAL_IP", "SPARK_LOCAL_HOSTNAME"] as const;
export const HOST_SETTINGS = ["spark.driver.host", "spark.driver.bindAddress"] as const;

/** Judges them. */
export function examineNetwork(facts: NetworkFacts): Examination {
  const { hostName, hostAddresses } = facts;
  return {
    seen: `${hostName} is ${hostAddresses?.join(", ") ?? "unknown"}`,
    findings: [...ofLoopback(facts), ...ofHost(facts), ...ofGiven(facts)],
  };
}

function ofLoopback({ localhostAddresses, loopbackFailure }: NetworkFacts): readonly Finding[] {
  const findings: Finding[] = [];
  if (loopbackFailure !== null) {
    findings.push({
      severity: "error",
      what: `127.0.0.1 does not work: ${loopbackFailure}`,
      why: "Programs, gateway and daemon talk over it.",
      fix: "ip link set lo up, and let the firewall pass what stays on lo",
    });
  }
  if (localhostAddresses === null) {
    findings.push({
      severity: "error",
      what: "localhost does not resolve",
      why: "Spark's executors and Python's workers are told to connect to it.",
      fix: `echo "127.0.0.1 localhost" >> /etc/hosts`,
    });
  } else if (!localhostAddresses.some((address) => address.startsWith("127.") || address === "::1")) {
    findings.push({
      severity: "error",
      what: `localhost is ${localhostAddresses.join(", ")}, which is not this machine's loopback`,
      why: "Connections that are meant to stay here go elsewhere.",
      fix: `Put "127.0.0.1 localhost" first in /etc/hosts`,
    });
  }
  return findings;
}

function ofHost(facts: NetworkFacts): readonly Finding[] {
  const { hostName, hostAddresses, ownAddresses, given, settings, master } = facts;
  if (hostAddresses === null) {
    // Either keeps Spark from asking for the name (Utils.findLocalInetAddress).
    const isAvoided = given.some(({ by }) => by === "SPARK_LOCAL_IP");
    return [{
      severity: isAvoided ? "note" : "error",
      what: `The host name ${hostName} does not resolve`,
      why:
        "Java asks for its own address by that name: UnknownHostException, at the start or at the first context.",
      fix: `echo "127.0.1.1 ${hostName}" >> /etc/hosts, or: export SPARK_LOCAL_IP=127.0.0.1`,
    }];
  }
  const isOwn = hostAddresses.some((address) => address.startsWith("127.") || ownAddresses.includes(address));
  if (!isOwn) {
    return [{
      severity: "error",
      what: `The host name ${hostName} is ${hostAddresses.join(", ")}, an address this machine does not have`,
      why: "Spark cannot bind to it: Cannot assign requested address.",
      fix: `Correct it in /etc/hosts, or: export SPARK_LOCAL_IP=${ownAddresses[0] ?? "127.0.0.1"}`,
    }];
  }
  const isLoopbackOnly = hostAddresses.every((address) => address.startsWith("127.") || address === "::1");
  const isRemote = /^(?:spark:\/\/(?!localhost|127\.)|yarn|k8s:)/.test(master);
  if (
    isRemote && isLoopbackOnly && ownAddresses.length === 0 && settings["spark.driver.host"] === undefined
  ) {
    return [{
      severity: "warning",
      what: `The host name ${hostName} is ${hostAddresses.join(", ")}, and the master is ${master}`,
      why: "Executors on other machines are told to come back to their own loopback address.",
      fix: "--conf spark.driver.host=ADDRESS, one that the executors can reach",
    }];
  }
  return [];
}

function ofGiven({ given, ownAddresses }: NetworkFacts): readonly Finding[] {
  return given.flatMap(({ by, name, addresses }): readonly Finding[] => {
    if (addresses === null) {
      return [{
        severity: "error",
        what: `${by} is ${name}, a name that does not resolve`,
        why: "Spark binds to it: UnknownHostException, and no gateway or no context.",
        fix: `Correct ${by}, or leave it out: 127.0.0.1 works for everything on this machine`,
      }];
    }
    // A driver behind a proxy or in a container is reached by a name that is not its own.
    if (by.includes("spark.driver.host")) return [];
    const isOwn = addresses.some((address) =>
      /^(?:127\.|0\.0\.0\.0$|::1?$)/.test(address) || ownAddresses.includes(address)
    );
    return isOwn ? [] : [{
      severity: "error",
      what: `${by} is ${name}, an address this machine does not have`,
      why: "Spark cannot bind to it: Cannot assign requested address.",
      fix: `Correct ${by}; this machine has ${["127.0.0.1", ...ownAddresses].join(", ")}`,
    }];
  });
}
