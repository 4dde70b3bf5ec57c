import assert from "node:assert/strict";
import { createMachine } from "../../src/runtime/machine.ts";
import { callerIn, callersOf, inodeOf } from "../../src/runtime/sockets.ts";
import { until } from "../real/rekindle.ts";
import { readerOf } from "./cgroup_trees.ts";

const machine = createMachine();
const isLinux = Deno.build.os === "linux";
const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";
const PORT = 0xb4e3;

const HEADER =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

/** A line of a table, as Linux 6 writes it. */
function row(local: string, remote: string, { state = "01", inode = "1479294", uid = 0 } = {}): string {
  const queues = "00000000:00000000 00:00000000 00000000";
  return `   2: ${local} ${remote} ${state} ${queues} ${
    String(uid).padStart(5)
  }        0 ${inode} 1 0000000095d9ce4a 20 4 30 10 -1`;
}

const IPV6 = {
  mapped: (hex: string) => `0000000000000000FFFF0000${hex}`,
  own: "00000000000000000000000001000000",
};

Deno.test("callersOf() finds the calling end of a connection, on either interface of the loopback", () => {
  for (
    const [name, line, expected] of [
      ["a caller", row("0100007F:9ABD", "0100007F:B4E3"), ["1479294"]],
      ["a caller of another loopback address", row("0100007F:9ABD", "0200017F:B4E3"), ["1479294"]],
      ["a caller over IPv6", row(`${IPV6.own}:9ABD`, `${IPV6.own}:B4E3`), ["1479294"]],
      [
        "an IPv4 caller with an IPv6 socket",
        row(`${IPV6.mapped("0100007F")}:9ABD`, `${IPV6.mapped("0100007F")}:B4E3`),
        ["1479294"],
      ],
      ["the answering end", row("0100007F:B4E3", "0100007F:9ABD"), []],
      ["the listener", row("0100007F:B4E3", "00000000:0000", { state: "0A" }), []],
      ["a caller that is only about to connect", row("0100007F:9ABD", "0100007F:B4E3", { state: "02" }), []],
      ["one that has hung up", row("0100007F:9ABD", "0100007F:B4E3", { state: "05" }), []],
      ["one whom the gateway has hung up on", row("0100007F:9ABD", "0100007F:B4E3", { state: "08" }), []],
      ["a caller of another port", row("0100007F:9ABD", "0100007F:B4E4"), []],
      ["a caller of a longer port", row("0100007F:9ABD", "0100007F:0B4E3"), []],
      ["a caller of an equal port elsewhere", row("020200C0:9ABD", "0A0200C0:B4E3"), []],
      ["an equal port elsewhere over IPv6", row(`${IPV6.own}:9ABD`, `${IPV6.mapped("0A0200C0")}:B4E3`), []],
      ["a line that is cut off", row("0100007F:9ABD", "0100007F:B4E3").slice(0, 70), []],
      ["the heading", HEADER, []],
      ["nothing", "", []],
    ] as const
  ) assert.deepEqual(callersOf(PORT, `${HEADER}\n${line}\n`), expected, name);
});

Deno.test("callersOf() knows a port of few digits from one that ends in the same", () => {
  const table = [
    row("0100007F:9ABD", "0100007F:0050", { inode: "1" }),
    row("0100007F:9ABE", "0100007F:1050", { inode: "2" }),
    row("0100007F:9ABF", "0100007F:0050", { inode: "3" }),
  ].join("\n");
  assert.deepEqual(callersOf(80, table), ["1", "3"]);
});

Deno.test("callerIn() finds the user and the socket of the calling end of one connection", () => {
  const from = 0x9abd;
  const inode = "1479294";
  for (
    const [name, line, expected] of [
      ["a user's", row("0100007F:9ABD", "0100007F:B4E3", { uid: 1000 }), { userId: 1000, inode }],
      ["root's", row("0100007F:9ABD", "0100007F:B4E3", { uid: 0 }), { userId: 0, inode }],
      [
        "of long numbers",
        row("0100007F:9ABD", "0100007F:B4E3", { uid: 4294967294, inode: "4294967295" }),
        { userId: 4294967294, inode: "4294967295" },
      ],
      ["from another loopback address", row("0200007F:9ABD", "0100007F:B4E3", { uid: 7 }), {
        userId: 7,
        inode,
      }],
      [
        "with an IPv6 socket",
        row(`${IPV6.mapped("0100007F")}:9ABD`, `${IPV6.mapped("0100007F")}:B4E3`, { uid: 7 }),
        { userId: 7, inode },
      ],
      ["from another port", row("0100007F:9ABE", "0100007F:B4E3"), null],
      ["to another port", row("0100007F:9ABD", "0100007F:B4E4"), null],
      ["elsewhere", row("0100007F:9ABD", "0A0200C0:B4E3"), null],
      ["the answering end", row("0100007F:B4E3", "0100007F:9ABD"), null],
      ["over, and nobody's", row("0100007F:9ABD", "0100007F:B4E3", { state: "06" }), null],
      ["cut off", row("0100007F:9ABD", "0100007F:B4E3").slice(0, 60), null],
      ["cut off before the socket", row("0100007F:9ABD", "0100007F:B4E3").slice(0, 90), null],
      ["nothing", "", null],
    ] as const
  ) {
    const others = row("0100007F:9ABC", "0100007F:B4E3", { uid: 99 });
    assert.deepEqual(callerIn(`${HEADER}\n${others}\n${line}\n`, { from, to: PORT }), expected, name);
  }
});

Deno.test("inodeOf() reads the link of a socket and of nothing else", () => {
  for (
    const [link, expected] of [
      ["socket:[1479294]", "1479294"],
      ["pipe:[1479294]", null],
      ["anon_inode:[eventpoll]", null],
      ["/tmp/socket:[1]", null],
      ["socket:[1] (deleted)", null],
    ] as const
  ) assert.equal(inodeOf(link), expected, link);
});

Deno.test("connectionsTo() does not know where there is no table, and counts both where there are two", async () => {
  const caller = row("0100007F:9ABD", "0100007F:B4E3", { inode: "999999999999" });
  const caller6 = row(`${IPV6.own}:9ABD`, `${IPV6.own}:B4E3`, { inode: "999999999998" });
  for (
    const [tables, expected] of [
      [{}, null],
      [{ "/proc/net/tcp": HEADER }, 0],
      [{ "/proc/net/tcp": `${HEADER}\n${caller}` }, 1],
      [{ "/proc/net/tcp6": `${HEADER}\n${caller6}` }, 1],
      [{ "/proc/net/tcp": `${HEADER}\n${caller}`, "/proc/net/tcp6": `${HEADER}\n${caller6}` }, 2],
    ] as const
  ) assert.equal(await createMachine(readerOf(tables)).connectionsTo(PORT), expected);
});

/** Connects as often as it reads a line, and holds on to every connection until its input ends. */
const CALLER = `
import socket, sys
held = []
for line in sys.stdin:
    host, port = line.split()
    held.append(socket.create_connection((host, int(port))))
    print("connected", flush=True)
`;

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({
    name: `connectionsTo() counts programs on ${hostname}, and not this process (needs /proc)`,
    ignore: !isLinux || !canListenOn(hostname),
    async fn() {
      using listener = Deno.listen({ hostname, port: 0 });
      const { port } = listener.addr;
      assert.equal(await machine.connectionsTo(port), 0);
      using _own = await Deno.connect({ hostname, port });
      using _answer = await listener.accept();
      assert.equal(await machine.connectionsTo(port), 0);

      await using program = await call(hostname, port);
      using _first = await listener.accept();
      assert.equal(await machine.connectionsTo(port), 1);
      await program.connect();
      using _second = await listener.accept();
      assert.equal(await machine.connectionsTo(port), 2);
      await program.end();
      await until(async () => await machine.connectionsTo(port) === 0);
    },
  });
}

/** A program that is connected to a port. */
async function call(hostname: string, port: number) {
  const program = new Deno.Command("python3", {
    args: ["-c", CALLER],
    env: { PATH },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = program.stdin.getWriter();
  const output = program.stdout.getReader();
  const connect = async () => {
    await input.write(new TextEncoder().encode(`${hostname} ${port}\n`));
    assert.equal((await output.read()).done, false, "the program could not connect");
  };
  const end = async () => {
    await input.close().catch(() => {});
    await output.cancel();
    await program.status;
  };
  await connect();
  return { connect, end, [Symbol.asyncDispose]: end };
}

function canListenOn(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
