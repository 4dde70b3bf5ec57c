/**
 * What does Ctrl-C send, and what of it may reach the gateway? From 0.10.9.8 on, py4j asks the JVM to close every
 * connection whose ports are these: its own as the JVM sees it, **or** the gateway's, which all connections share. So
 * one program's Ctrl-C ends everybody's calls; behind a relay its own port even means somebody else's connection.
 * @module
 */

/** Lines of the command: its letter, an address, the port of py4j's end, the port of the gateway's. */
export const CANCEL_LINES = 4;
/** More than the longest such command. */
export const CANCEL_BYTES = 128;

const PORT = /^\d{1,5}$/;

/** The port of py4j's end of the connection to be closed; `null` when these lines are no such command. */
export function cancelledPort(lines: readonly string[]): number | null {
  const [letter, , port = "", gatewayPort = ""] = lines;
  return letter === "z" && PORT.test(port) && PORT.test(gatewayPort) ? Number(port) : null;
}

/** Asks for the end of one connection: no listener's port is 0. @param port The port of the relay's end of it. */
export function cancelCommand(port: number): string {
  return `z\n127.0.0.1\n${port}\n0\n`;
}
