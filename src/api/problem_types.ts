/**
 * Which problems have a type of their own, and what does each mean? For a general condition the status code is enough
 * (RFC 9457, section 4.2.1).
 * @module
 */

/** One type. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What it means, and what to do. */
  readonly meaning: string;
}

/** The types by their names; a problem's `type` is `/problems/` and the name. */
export const PROBLEMS = {
  "host-not-allowed": {
    status: 403,
    title: "Host not allowed",
    meaning:
      "The Host header is missing, or names neither a loopback address of this machine, nor the address that " +
      "is listened on, nor one of --trusted-hosts. A page whose name was made to point here is refused by this.",
  },
  "cross-site": {
    status: 403,
    title: "Request of another site",
    meaning:
      "Sec-Fetch-Site or Origin says that a page of another site sends this. Only reads that are open to " +
      "everybody are answered to such a page's browser.",
  },
  "token-needed": {
    status: 401,
    title: "Token needed",
    meaning:
      "It acts, or shows what the gateway wrote. Send Authorization: Bearer with the token of daemon.json in " +
      "the runtime folder, or use the socket api.sock there, which needs none.",
  },
  "generation-mismatch": {
    status: 409,
    title: "Another generation",
    meaning:
      "The request names a generation that is not the newest one any more: the gateway it was meant for has " +
      "been replaced. Nothing was done. The member generation has the newest.",
  },
  "shutting-down": {
    status: 409,
    title: "Shutting down",
    meaning: "The daemon is ending: it takes on nothing new.",
  },
  "gateway-not-running": {
    status: 409,
    title: "No gateway runs",
    meaning: "It can only be done with a gateway that runs. The member phase says what there is instead.",
  },
  "no-relay": {
    status: 409,
    title: "No relay",
    meaning:
      "The daemon was started with --no-relay: programs attach to the gateway itself, and there are no leases.",
  },
  "dump-in-progress": {
    status: 409,
    title: "A dump is being made",
    meaning: "The JVM is asked for one thing at a time. Try again when the other dump is done.",
  },
  "no-room": {
    status: 507,
    title: "No room on the disk",
    meaning: "The disk could be full before the heap dump is whole, so none was begun.",
  },
  "dump-failed": {
    status: 502,
    title: "The gateway gave no dump",
    meaning: "The JVM refused, did not answer in time, or died of it. The detail has its words.",
  },
} as const satisfies Record<string, ProblemType>;

/** The name of a type. */
export type ProblemName = keyof typeof PROBLEMS;
