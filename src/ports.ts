/**
 * What the daemon needs from the outside world, each as the smallest interface a fake can honour: time,
 * processes, sockets, files, the machine. `runtime/` implements them; nothing else names the Deno global.
 * @module
 */

import type { ContainerReading, OwnReading } from "./core/metrics/readings.ts";
import type { Holder } from "./core/relay/departure.ts";
import type { MemoryLeft } from "./core/pool/pressure.ts";
import type { ExitStatus } from "./core/verdict.ts";
import type { ProcessVitals } from "./core/watch/vitals.ts";

/** Time. One monotonic clock for durations, one wall clock for stamps. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never runs backwards. */
  nowMs(): number;
  /** The wall clock. */
  date(): Date;
  /** Resolves after `ms` milliseconds, or at once when `signal` is or becomes aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A signal the daemon sends. */
export type Signal = "SIGTERM" | "SIGKILL" | "SIGQUIT";

/** A running child. Both outputs must be read or cancelled, or the child blocks after 64 KiB. */
export interface ChildHandle {
  readonly pid: number;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves once, when the process has been reaped. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Closes the pipe to standard input; harmless when closed before. */
  closeStdin(): Promise<void>;
  /** Signals the child and every process of its group; `false` when nothing was there to receive it. */
  signal(signal: Signal): boolean;
}

/** What to start. The environment is complete: nothing is inherited. */
export interface ChildSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Starts children in a session of their own, so that a terminal's Ctrl-C does not reach them. */
export interface ChildLauncher {
  /** @throws {Error} When the program cannot be executed. */
  spawn(spec: ChildSpec): ChildHandle;
  /** Runs a short program to its end and returns what it wrote, or what it had written when `timeoutMs` ended it. */
  run(spec: ChildSpec, timeoutMs: number): Promise<ChildResult>;
}

/** What a short program left behind. */
export interface ChildResult {
  readonly exit: ExitStatus;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** One connection: TCP, or a socket in the file system. */
export interface Connection {
  /** Reads into `buffer`; the number of bytes, or `null` at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes every byte. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends a pending read or write; harmless when closed before. */
  close(): void;
}

/** Opens connections to this machine's loopback address. */
export interface Dialer {
  /** @throws {Error} When the connection is refused, or `signal` is aborted first. */
  dial(port: number, signal: AbortSignal): Promise<Connection>;
}

/** A TCP connection of this machine's loopback interface. */
export interface TcpConnection extends Connection {
  /** The port of this end. */
  readonly localPort: number;
  /** The port of the other end. */
  readonly remotePort: number;
}

/** Where others connect to this process. */
export interface Listener {
  readonly port: number;
  /** The next connection; `null` once the listener is closed. */
  accept(): Promise<TcpConnection | null>;
  /** Harmless when closed before. Connections accepted so far live on. */
  close(): void;
}

/** Both ways to a connection of this machine's loopback address. */
export interface Loopback extends Dialer {
  dial(port: number, signal: AbortSignal): Promise<TcpConnection>;
  /**
   * Listens on 127.0.0.1. @param port 0 for any that is free.
   * @throws {Error} When the port is in use, or not allowed.
   */
  listen(port: number): Listener;
}

/** Opens connections to sockets in the file system (unix(7)). */
export interface UnixDialer {
  /**
   * @throws {Error} When there is no such socket, it belongs to another user, the connection is refused, or `signal`
   *   is aborted first.
   */
  dialUnix(path: string, signal: AbortSignal): Promise<Connection>;
}

/** What is known of a file without reading it. */
export interface FileStat {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** A regular file, open to be read anywhere in it; what becomes of its name does not matter any more. */
export interface OpenFile {
  /** When it was opened. */
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Tells it from every other file of this machine. */
  readonly identity: string;
  /** Up to `bytes` bytes from a place on; fewer where it ends, as it is by now. */
  read(from: number, bytes: number): Promise<Uint8Array>;
  /** Harmless when closed before. */
  close(): Promise<void>;
}

/** A file that only grows. */
export interface Appender {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything written is on the disk. */
  sync(): Promise<void>;
  close(): void;
}

/** A held advisory lock; the kernel releases it when the process ends. */
export interface FileLock {
  release(): void;
}

/** The room on a file system, in bytes; `freeBytes` is what this user may still take. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Files. Every folder is made 0700 and every file 0600: what the daemon keeps is its user's business only. */
export interface Files {
  /** @throws {Error} When the file cannot be read. */
  readText(path: string): Promise<string>;
  /** @throws {Error} When the file cannot be read. */
  readBytes(path: string): Promise<Uint8Array>;
  /**
   * Opens a file or a pipe to be read piece by piece; reading to the end or cancelling closes it.
   * @throws {Error} When it cannot be opened, and for what may have no end, such as a device.
   */
  readStream(path: string): Promise<ReadableStream<Uint8Array>>;
  /** Opens a regular file; `null` for anything else, a link to one among it, and for what may not be read. */
  open(path: string): Promise<OpenFile | null>;
  /** Writes a temporary file beside `path`, syncs and renames it: readers see the old or the new content, never half. */
  writeAtomic(path: string, content: string | Uint8Array): Promise<void>;
  /** Opens for appending, creating the file when missing. */
  append(path: string): Promise<Appender>;
  /** Makes the folder and its parents. */
  makeDir(path: string): Promise<void>;
  /** Makes a fresh folder below `parent`, its name `prefix` and random letters. */
  makeTempDir(parent: string, prefix: string): Promise<string>;
  /** Removes a file or a whole folder; harmless when it is not there. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** `null` when there is nothing, or it may not be looked at. */
  stat(path: string): Promise<FileStat | null>;
  /** The names in a folder, sorted; none when it cannot be read. */
  list(path: string): Promise<readonly string[]>;
  /** The room on the file system that holds `path`; `null` when it is not known, or there is no such path. */
  space(path: string): Promise<DiskSpace | null>;
  /** The path with every link resolved, or `null`. */
  realPath(path: string): Promise<string | null>;
  /** `null` when another process holds it. */
  tryLock(path: string): Promise<FileLock | null>;
}

/** A count of kernel out-of-memory kills, and where it was read. */
export interface OomKills {
  /** Kills in the group that holds the process, or `null` when there is no such counter. */
  readonly group: number | null;
  /** Kills on the whole machine since boot, or `null`. */
  readonly machine: number | null;
}

/** The least memory limit above a process. */
export interface MemoryLimit {
  readonly bytes: number;
  /** Who sets it. */
  readonly source: "container" | "machine";
}

/** What the kernel knows of memory and processes. Every answer may be "not known here". */
export interface Machine {
  /** How many processors this process may use, and what HotSpot gives a thread's stack on their kind, in bytes. */
  processor(): { readonly processors: number; readonly stackBytes: number };
  /** The least of the machine's memory and every control group limit above this process. */
  memoryLimit(): Promise<MemoryLimit>;
  /** What is left of the least limit; `null` when it is not known. */
  memoryLeft(): Promise<MemoryLeft | null>;
  /** Out-of-memory kills seen by the control group of `pid` (this process when it is gone) and by the machine. */
  oomKills(pid: number): Promise<OomKills>;
  /** Processor quota, memory use and pressure of this container, or of the machine. */
  container(): Promise<ContainerReading>;
  /** What this process uses; `null` where that is not told. */
  ownProcess(): Promise<OwnReading | null>;
  /** Every counter of this process's memory group, as text; `null` where there is none. */
  memoryGroupReport(): Promise<string | null>;
  /** Resident memory of a process, in bytes, or `null`. */
  residentBytes(pid: number): Promise<number | null>;
  /** Processes whose session is `session`, without their leader: what a dead session leader left running. */
  sessionMembers(session: number): Promise<readonly number[]>;
  /** Makes the kernel prefer `pid` over this process when memory is short; best effort. */
  preferAsVictim(pid: number): Promise<void>;
  /** Ends one process at once; harmless when it is gone. */
  kill(pid: number): void;
  /** Sends SIGQUIT to this one process, and not to its group; `false` when it is not there. */
  quit(pid: number): boolean;
  /** `null` when the process is gone, or this machine does not tell. A zombie is not gone. */
  process(pid: number): Promise<ProcessVitals | null>;
  /** Names the kernel's life, which pids and start times belong to; `null` when it has no name. */
  bootId(): Promise<string | null>;
  /** The paths of the files a process holds open, devices among them; none when that may not be seen. */
  openFiles(pid: number): Promise<readonly string[]>;
  /** Threads of the process in uninterruptible sleep: waiting for a disk, or frozen by a control group of version 1. */
  threadsInDiskSleep(pid: number): Promise<number>;
  /** Connections that other processes than this one have to a TCP port of this machine; `null` when not known. */
  connectionsTo(port: number): Promise<number | null>;
  /** The user who has a connection from one loopback port to another; `null` when not known, or it is not open any more. */
  callerOf(connection: { readonly from: number; readonly to: number }): Promise<number | null>;
  /**
   * The process that holds the calling end of such a connection, the eldest where forks share it; `null` when not
   * known, or it is not open any more. Takes tens of milliseconds in the background: not for every connection.
   */
  processBehind(connection: { readonly from: number; readonly to: number }): Promise<Holder | null>;
  /** Living processes that were started with this variable in their environment. */
  processesWith(name: string, value: string): Promise<readonly number[]>;
}
