/**
 * What went wrong according to an error report of HotSpot, and where in the code? The words are those of
 * `VMError::report` (`vmError.cpp`) and `os_posix.cpp` from JDK 6 to 25.
 * @module
 */

import { type Fact, findFact, findFactBelow, findNumber, numberOf } from "./hs_err_report.ts";
import type { OutputLine } from "../verdict.ts";

/** What ended the JVM. */
export type Failure =
  | {
    readonly kind: "signal";
    /** Such as `SIGSEGV`, or `EXCEPTION_ACCESS_VIOLATION` on Windows. */
    readonly name: string;
    readonly number: number | null;
    readonly pc: string | null;
    /** Sent by a process, maybe by this one; JDK 8 does not say so here. */
    readonly sentByKill: boolean;
  }
  | { readonly kind: "internal-error"; readonly place: string | null; readonly message: string | null }
  /** `CrashOnOutOfMemoryError`, or `AbortVMOnException` for such an error. */
  | { readonly kind: "java-out-of-memory"; readonly reason: string }
  | {
    readonly kind: "insufficient-memory";
    /** `null` where it was no memory that could not be had, but a thread. */
    readonly call: "malloc" | "mmap" | "mprotect" | null;
    readonly bytes: number | null;
    /** What it was wanted for, in HotSpot's words. */
    readonly purpose: string | null;
  }
  /** The report is cut off before it says what happened. */
  | { readonly kind: "unread" };

/** What the kernel said of the signal. */
export interface SignalInfo {
  readonly signal: string | null;
  readonly code: number | null;
  /** Such as `SEGV_MAPERR`; `SI_USER` and `SI_TKILL` are those of kill(2) and tgkill(2). */
  readonly codeName: string | null;
  /** The address that could not be reached. */
  readonly address: string | null;
  readonly senderPid: number | null;
  readonly senderUid: number | null;
  /** Whether the JVM sent it to itself. */
  readonly fromSelf: boolean;
}

/** Whose code a frame runs. */
export type FrameKind = "native" | "vm" | "compiled-java" | "interpreted-java" | "stub";

/** One line of a stack. */
export interface Frame {
  readonly kind: FrameKind;
  /** The file's name without its folder; `null` for Java, stubs and addresses that belong to no library. */
  readonly library: string | null;
  /** The function or method, `null` where it is not known. */
  readonly symbol: string | null;
  /** Behind the symbol, else behind the library's beginning, such as `0x134`. */
  readonly offset: string | null;
}

/** Who ran it. */
export interface CurrentThread {
  /** HotSpot's own type, such as `JavaThread`, `VMThread`, `GCTaskThread`; `native` for one it does not know. */
  readonly kind: string;
  readonly name: string | null;
  /** Such as `_thread_in_native`. */
  readonly state: string | null;
}

/** Where the failing code came from. */
export interface FailingStack {
  /** The libraries of native code on the stack but HotSpot's own, innermost first. */
  readonly libraries: readonly string[];
  /** The innermost Java method outside the JDK, else the innermost one. */
  readonly method: string | null;
}

const SIGNAL =
  /^# {1,2}([A-Z][A-Z\d_]+) \(0x([\da-f]+)\) at pc=(0x[\da-f]+)?( \(sent by kill\))?(?:, pid=(\d+))?/;
const INTERNAL = /^# {1,2}Internal Error \((.+?)\)(?:, pid=(\d+)|$)/;
const MEMORY =
  /^# Native memory allocation \((malloc|mmap|mprotect)\) failed to \w+ (\d+) bytes(?:(?:\. Error detail:)? (?:for )?(.*?)\.?$)?/;
const NO_MEMORY = /^# There is insufficient memory for the Java Runtime Environment to continue/;
const FRAME = /^(?:# )?([CVJjvA]) {1,2}(\S.*)$/;

/**
 * Reads what happened. The banner comes first: a report of too little memory goes on with a signal that is none
 * (`INVALID (0xe0000002)` of JDK 8).
 */
export function readFailure(lines: readonly OutputLine[], start: OutputLine): Fact<Failure> {
  return readInsufficientMemory(lines) ?? readSignal(lines) ?? readInternalError(lines) ??
    { value: { kind: "unread" }, line: start };
}

function readInsufficientMemory(lines: readonly OutputLine[]): Fact<Failure> | null {
  const wanted = findFact(lines, MEMORY, ([, call, bytes, purpose]): Failure => ({
    kind: "insufficient-memory",
    call: call === "malloc" || call === "mmap" ? call : "mprotect",
    bytes: numberOf(bytes),
    purpose: purpose || null,
  }));
  // Without a size, what could not be had is all that is said: "Cannot create GC thread. Out of system resources."
  const withoutSize = (purpose: string | null): Failure => ({
    kind: "insufficient-memory",
    call: null,
    bytes: null,
    purpose,
  });
  return wanted ??
    findFactBelow(
      lines,
      NO_MEMORY,
      1,
      /^# (?!Possible reasons|An error report)(\S.*?)\.?$/,
      ([, text]) => withoutSize(text ?? null),
    ) ??
    findFact(lines, NO_MEMORY, () => withoutSize(null)) ??
    findFact(lines, /^# {1,2}Out of Memory Error \(/, () => withoutSize(null));
}

function readSignal(lines: readonly OutputLine[]): Fact<Failure> | null {
  const inHeader = findFact(lines, SIGNAL, ([, name = "", number = "", pc, sent]): Failure => ({
    kind: "signal",
    name,
    number: numberOf(`0x${number}`),
    pc: pc ?? null,
    sentByKill: sent !== undefined,
  }));
  if (inHeader !== null) return inHeader;
  const info = readSignalInfo(lines, null);
  if (info === null || info.value.signal === null) return null;
  const name = info.value.signal;
  const sentByKill = info.value.senderPid !== null;
  return { value: { kind: "signal", name, number: null, pc: null, sentByKill }, line: info.line };
}

function readInternalError(lines: readonly OutputLine[]): Fact<Failure> | null {
  const place = findFact(lines, INTERNAL, ([, text]) => text ?? null);
  if (place === null) return null;
  const message = findFactBelow(lines, INTERNAL, 3, /^# {2}(\S.*)$/, ([, text = ""]) => text);
  const reason = /(?:OutOfMemory encountered: |Saw java\.lang\.OutOfMemoryError(?:: )?)(.*?)(?:, aborting)?$/
    .exec(
      message?.value ?? "",
    )?.[1];
  if (message === null || reason === undefined) {
    const failure: Failure = { kind: "internal-error", place: place.value, message: message?.value ?? null };
    return { value: failure, line: message?.line ?? place.line };
  }
  return { value: { kind: "java-out-of-memory", reason }, line: message.line };
}

/** The process that failed. */
export function readPid(lines: readonly OutputLine[]): number | null {
  return findNumber(lines, /^# {1,2}[A-Z].* \((?:0x|.+:\d).*, pid=(\d+)/)?.value ?? null;
}

/** The line `siginfo:`, in the form of every JDK. */
export function readSignalInfo(lines: readonly OutputLine[], pid: number | null): Fact<SignalInfo> | null {
  return findFact(lines, /^siginfo: ?(si_signo.*)$/, ([, text = ""]): SignalInfo => {
    const sender = /si_pid[:=] ?(\d+)( \(current process\))?/.exec(text);
    const code = /si_code[:=] ?(-?\d+)(?: \((\w+)\))?/.exec(text);
    const senderPid = numberOf(sender?.[1]);
    return {
      signal: /si_signo[:=] ?(?:\d+ \()?(SIG[A-Z\d]+)/.exec(text)?.[1] ?? null,
      code: numberOf(code?.[1]),
      codeName: code?.[2] ?? null,
      address: /si_addr[:=] ?(0x[\da-f]+)/.exec(text)?.[1] ?? null,
      senderPid,
      senderUid: numberOf(/si_uid[:=] ?(\d+)/.exec(text)?.[1]),
      fromSelf: sender?.[2] !== undefined || (senderPid !== null && senderPid === pid),
    };
  });
}

/** The frame that failed; where the header lacks it, the innermost of the stack of a signal. */
export function readFrame(lines: readonly OutputLine[]): Fact<Frame> | null {
  const read = ([, letter = "", text = ""]: RegExpExecArray) => frameOf(letter, text);
  return findFactBelow(lines, /^# Problematic frame:/, 5, /^# ([CVJjvA]) {1,2}(\S.*)$/, read) ??
    (findFact(lines, SIGNAL, () => null) && findFactBelow(lines, /^Native frames:/, 5, FRAME, read));
}

function frameOf(letter: string, text: string): Frame {
  switch (letter) {
    case "J":
    case "A":
    case "j": {
      const kind = letter === "j" ? "interpreted-java" : "compiled-java";
      const offset = letter === "j" ? /\)\S*?\+(\d+)/.exec(text)?.[1] : undefined;
      return { kind, library: null, symbol: methodOf(text), offset: offset ?? null };
    }
    case "v":
      return { kind: "stub", library: null, symbol: /^~?([\w:]+)/.exec(text)?.[1] ?? null, offset: null };
    default: {
      const [, file, inFile, symbol, inSymbol] =
        /^\[(.+?)(?:\+(0x[\da-f]+))?\](?: +(.+?)(?:\+(0x[\da-f]+))?(?: {2}\(\S+:\d+\))?)?$/.exec(text) ?? [];
      const library = file === undefined ? null : file.replace(/^.*[/\\]/, "");
      const own = letter === "V" || (library !== null && isJvm(library));
      return {
        kind: own ? "vm" : "native",
        library,
        symbol: symbol ?? null,
        offset: inSymbol ?? inFile ?? null,
      };
    }
  }
}

/** Whether a library is the JVM's core. The rest of a JDK, such as `libzip.so`, is native code as any other. */
function isJvm(library: string): boolean {
  return /^(?:lib)?jvm\.(?:so|dylib|dll)$/.test(library);
}

/** `class::method`, as `-XX:CompileCommand` wants it: `J 12 C2 a.B.c(I)V (9 bytes) @ …`, `j  a.B.c(I)V+7`. */
function methodOf(text: string): string | null {
  const [, type, method] =
    /^(?:\d+%? *[!sbn%]* *)?(?:(?:C1|C2|c1|c2|jvmci|aot) +)?(\S+)\.([^\s.(]+)\(/.exec(text) ?? [];
  return type === undefined ? null : `${type}::${method}`;
}

/** The thread that failed. */
export function readThread(lines: readonly OutputLine[]): Fact<CurrentThread> | null {
  return findFact(
    lines,
    /^Current thread(?: is (native) thread| \(\S+\): *(\w+)(?: +"(.*?)")?(?:.*?\[(_thread\w+))?)/,
    ([, native, kind = "native", name, state]): CurrentThread => ({
      kind: native ?? kind,
      name: name ?? null,
      state: state ?? null,
    }),
  );
}

/** The method that a compiler was at, as `class::method`. */
export function readCompileTask(lines: readonly OutputLine[]): Fact<string> | null {
  return findFactBelow(
    lines,
    /^Current CompileTask:/,
    3,
    /^[\w-]+: *\d.* (\S+::\S+)/,
    ([, method = ""]) => method,
  );
}

/** What the JVM was doing with all threads stopped, such as `G1PauseRemark`. */
export function readOperation(lines: readonly OutputLine[]): Fact<string> | null {
  return findFact(lines, /^VM_Operation \(\S+\): ([^,\s]+)/, ([, operation = ""]) => operation);
}

/** Who called the code that failed. */
export function readStack(lines: readonly OutputLine[]): FailingStack {
  const start = lines.findIndex(({ text }) => /^(?:Native|Java) frames:/.test(text));
  const libraries: string[] = [];
  const methods: string[] = [];
  // HotSpot prints 100 native frames and then 100 Java frames at most, and a heading each.
  for (const { text } of start < 0 ? [] : lines.slice(start + 1, start + 205)) {
    if (/^-{5,}/.test(text)) break;
    const [, letter, rest = ""] = FRAME.exec(text) ?? [];
    if (letter === undefined) continue;
    const { kind, library, symbol } = frameOf(letter, rest);
    if (kind === "native" && library !== null && !libraries.includes(library)) libraries.push(library);
    if (kind === "compiled-java" || kind === "interpreted-java") {
      methods.push(...symbol === null ? [] : [symbol]);
    }
  }
  const own = methods.find((each) => !/^(?:javax?|jdk|sun)\./.test(each));
  return { libraries, method: own ?? methods[0] ?? null };
}

/**
 * Whether the address that could not be reached lies in the guard pages at the end of the thread's stack: 80 KiB on
 * Linux (`StackYellowPages`, `StackRedPages`, `StackReservedPages` and the pages of libc).
 */
export function readStackOverflow(
  lines: readonly OutputLine[],
  info: Fact<SignalInfo> | null,
): Fact<string> | null {
  const said = findFact(lines, /^# {1,2}(EXCEPTION_STACK_OVERFLOW) \(/, ([, name = ""]) => name);
  const address = info?.value.address ?? null;
  if (said !== null || address === null) return said;
  const bounds = findFact(lines, /^Stack: \[0x([\da-f]+),0x[\da-f]+\]/, ([, low = ""]) => BigInt(`0x${low}`));
  const above = bounds === null ? null : BigInt(address) - bounds.value;
  if (bounds === null || above === null || above < -0x10000n || above > 0x14000n) return null;
  return { value: `${address} is at the end of the thread's stack`, line: bounds.line };
}
