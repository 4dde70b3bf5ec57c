/**
 * What becomes of programs when strangers knock at the ports, and when their connections are torn?
 * @module
 */

import type { Fault, Target } from "../fault.ts";

const CALLERS = 20;
/** What no door takes: no HTTP, no Py4J, a secret that is none. */
const GARBAGE = [
  "\0".repeat(70_000),
  "GET / HTTP/9.9\r\n\r\n",
  "A\nnone\n",
  "c\nz:java.lang.System\nexit\ni0\ne\n",
  "POST /v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n",
];

/** Connects to each port many times. What becomes of the connections is none of our concern: they may be refused. */
async function call(
  { site }: Target,
  work: (connection: Deno.TcpConn, nth: number) => Promise<void>,
): Promise<readonly Deno.TcpConn[]> {
  const calls = site.ports().flatMap((port) => Array.from({ length: CALLERS }, (_, nth) => ({ port, nth })));
  const connections = await Promise.all(calls.map(async ({ port, nth }) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
    if (connection !== null) await work(connection, nth).catch(() => {});
    return connection;
  }));
  return connections.filter((each) => each !== null);
}

/** A socket that is closed with a time to linger of 0 sends RST (socket(7)). Deno has no word for that; Python has. */
const RESET = `
import socket, struct, sys
for port in map(int, sys.argv[1:]):
    for nth in range(${CALLERS}):
        try:
            one = socket.create_connection(("127.0.0.1", port), 5)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if nth % 2: one.sendall(b"A\\n")
            one.close()
        except OSError:
            pass
`;

/** What can come over the network. */
export const NETWORK = {
  "garbage": {
    what: `${CALLERS} connections to the relay and to the API say what neither understands`,
    cost: "nothing",
    inject: async (target) => {
      const text = new TextEncoder();
      const connections = await call(target, async (connection, nth) => {
        await connection.write(text.encode(GARBAGE[nth % GARBAGE.length]));
      });
      connections.forEach((each) => each.close());
      return null;
    },
  },
  "silent-callers": {
    what: `${CALLERS} connections to the relay and to the API say nothing for up to 8 s`,
    cost: "nothing",
    inject: async (target) => {
      const connections = await call(target, () => Promise.resolve());
      return () => Promise.resolve(connections.forEach((each) => each.close()));
    },
  },
  "strangers-reset": {
    what: `${CALLERS} connections to the relay and to the API end with RST`,
    cost: "nothing",
    inject: async ({ site }) => {
      const { place } = site;
      await place.plain(place.spark.python, ["-c", RESET, ...site.ports().map(String)]);
      return null;
    },
  },
  "program-reset": {
    what: "the kernel tears every connection of the relay (ss -K)",
    cost: "anything",
    missing: async () => {
      // A kernel without INET_DIAG_DESTROY does nothing and says so only by leaving the connection as it is.
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      using here = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
      using there = await listener.accept();
      await tear(listener.addr.port);
      const read = await Promise.race([
        there.read(new Uint8Array(1)).then(() => "ended", () => "torn"),
        new Promise((resolve) => setTimeout(resolve, 500, "open")),
      ]);
      void here;
      return read === "open" ? "this kernel cannot tear connections (ss -K)" : null;
    },
    inject: async ({ site }) => {
      const [relay] = site.ports();
      if (relay !== undefined) await tear(relay);
      return null;
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

async function tear(port: number): Promise<void> {
  const args = ["-K", "-t", "state", "established", "sport", "=", `:${port}`];
  await new Deno.Command("ss", { args, stdout: "null", stderr: "null" }).output().catch(() => null);
}
