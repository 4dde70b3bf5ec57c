/**
 * Crashes in words: what failed in which code, and what helps a person who cannot repair that code.
 * @module
 */

import type { HsErr } from "./hs_err.ts";
import type { Frame } from "./hs_err_failure.ts";
import { formatSize, GIB, MIB } from "../jvm_flags.ts";
import type { Verdict } from "../verdict.ts";

/** What is said of a cause. */
export type Advice = Pick<Verdict, "summary" | "remedy">;

/** Libraries of the system: what called them is at fault. */
const SYSTEM =
  /^(?:lib(?:c|m|dl|rt|pthread|gcc_s|stdc\+\+|system_\w+|objc)[.-]|ld-|linux-vdso|\[vdso\]|ntdll|kernel|ucrtbase|msvc)/i;
/** Libraries of the JDK, and the launcher. */
const JDK =
  /^(?:lib)?(?:java|jli|zip|nio|net|jimage|verify|management\w*|instrument|awt\w*|fontmanager|freetype|extnet|prefs|jdwp|attach|rmi|javajpeg|lcms|mlib_image|j2\w+|sunec)\.(?:so|dylib|dll)$/;
/** Codecs whose library a jar brings along; Spark can be told to use another. */
const CODEC = /snappy|zstd|lz4|brotli/i;
/** A heap grows by more than that at once; other parts of the JVM by less. */
const LARGE_BYTES = 64 * MIB;
/** With so much left, a machine is not short of memory. */
const PLENTY_BYTES = 2 * GIB;

/** Native memory that could not be had. */
export function memoryAdvice(hsErr: HsErr, bytes: number | null, purpose: string | null): Advice {
  const size = bytes === null ? "memory" : `${formatSize(bytes)} of memory`;
  const wish = purpose === null ? size : `${size} (${purpose})`;
  return {
    summary: `The JVM could not get ${wish} from the operating system.${memoryLeft(hsErr)}`,
    remedy: memoryRemedy(hsErr, bytes),
  };
}

function memoryLeft({ memory, container }: HsErr): string {
  if (container !== null && container.limitBytes !== null && container.usageBytes !== null) {
    return ` Its container used ${formatSize(container.usageBytes)} of ${formatSize(container.limitBytes)}.`;
  }
  if (memory === null) return "";
  return ` The machine had ${formatSize(memory.availableBytes)} left of ${formatSize(memory.totalBytes)}.`;
}

function memoryRemedy({ memory, container, limits }: HsErr, bytes: number | null): string {
  const space = limits?.value.addressSpaceBytes ?? null;
  if (space !== null) {
    return `An address-space limit of ${
      formatSize(space)
    } is set (ulimit -v): raise it, or choose a smaller heap.`;
  }
  const free = container?.limitBytes && container.usageBytes !== null
    ? container.limitBytes - container.usageBytes
    : memory?.availableBytes ?? null;
  if (bytes !== null && bytes >= LARGE_BYTES) {
    return "So much at once is asked for a heap: choose a smaller one (spark.driver.memory, -Xms), or give the " +
      "machine or container more memory.";
  }
  if (bytes !== null && free !== null && free > PLENTY_BYTES) {
    return "There was memory left: look at the limits on mappings (sysctl vm.max_map_count) and on overcommitment " +
      "(sysctl vm.overcommit_memory), and at the container's own.";
  }
  return "The machine or container is short of memory outside the heap: a smaller heap, fewer parallel tasks or a " +
    "larger limit leaves more for it.";
}

/** A crash in native code that is not HotSpot's. */
export function nativeAdvice(hsErr: HsErr, frame: Frame, what: string): Advice {
  const { libraries, method } = hsErr.stack;
  const failed = frame.library;
  // Behind a function of libc stands the library that called it with something wrong.
  const caller = failed === null || SYSTEM.test(failed)
    ? libraries.find((each) => !SYSTEM.test(each) && !JDK.test(each)) ?? null
    : null;
  const place = failed === null
    ? "native code that belongs to no library"
    : `${failed}${frame.symbol === null ? "" : ` (${frame.symbol})`}`;
  const from = [caller, method].filter((each) => each !== null).join(" and ");
  return {
    summary: `The JVM crashed with ${what} in ${place}${from === "" ? "" : `, called from ${from}`}.`,
    remedy: nativeRemedy(caller ?? failed, method) +
      (isBusError(hsErr)
        ? " Such an error also comes of a mapped file that was cut short: check that no disk, /tmp or /dev/shm is full."
        : ""),
  };
}

function nativeRemedy(library: string | null, method: string | null): string {
  const name = library ?? "the library";
  if (library !== null && CODEC.test(library)) {
    return `Update the jar that brings ${name}, or use another codec (spark.io.compression.codec, ` +
      `spark.sql.parquet.compression.codec).`;
  }
  if (library !== null && /^(?:lib)?zip\./.test(library)) {
    return `Do not replace jars while the JVM runs: it has them mapped. Else try a newer patch release of Java.`;
  }
  if (library !== null && JDK.test(library)) {
    return `${name} is part of Java: try a newer patch release of it.`;
  }
  if (library === null || SYSTEM.test(library)) {
    return `Native code that the program uses${
      method === null ? "" : ` (through ${method})`
    } handed over something ` +
      `wrong: update it, or do without it.`;
  }
  return `Update ${name} or what brings it along, or do without it: a fault in it is a fault of the whole JVM.`;
}

/** A crash of a compiler; `null` for others. */
export function compilerAdvice(hsErr: HsErr, frame: Frame | null, what: string): Advice | null {
  const thread = hsErr.thread?.value.name ?? "";
  const method = hsErr.compiling?.value ?? null;
  if (isBusError(hsErr) || (method === null && !/CompilerThread/.test(thread))) return null;
  const compiler = /^(C1|C2|JVMCI)/.exec(thread)?.[1] ?? "just-in-time";
  return {
    summary: `The JVM's ${compiler} compiler crashed with ${what}${within(frame)}` +
      `${method === null ? "" : ` while it compiled ${method}`}.`,
    // A class made at run time has another name each time.
    remedy: method === null || /\/0x|\$\$Lambda/.test(method)
      ? "Try a newer patch release of the same Java version."
      : `${exclude(method)} Better still, try a newer patch release of the same Java version.`,
  };
}

/** A crash in HotSpot or in what it made. */
export function jvmAdvice(hsErr: HsErr, frame: Frame | null, what: string): Advice {
  const thread = hsErr.thread?.value ?? null;
  const operation = hsErr.operation?.value ?? null;

  const doing = operation === null ? "" : ` during ${operation}`;
  const summary = `The JVM crashed with ${what}${within(frame)}${doing}.`;
  const newer = "Try a newer patch release of the same Java version";
  if (isBusError(hsErr)) {
    return {
      summary,
      remedy:
        "A mapped file was cut short, or memory could not be filled: check that no disk, /tmp or /dev/shm is " +
        "full and that no jar or data file is replaced while the JVM runs.",
    };
  }
  if (frame?.kind === "compiled-java" && frame.symbol !== null) {
    return { summary, remedy: `${newer}. ${exclude(frame.symbol)}` };
  }
  if (/^(?:Unsafe_|jni_|JNI)/.test(frame?.symbol ?? "")) {
    const { method } = hsErr.stack;
    return {
      summary,
      remedy:
        `A library${
          method === null ? "" : ` (behind ${method})`
        } handed the JVM a wrong address: update the ` +
        "library that works with native or off-heap memory, or do without it.",
    };
  }
  const collects = /GC|Collect/.test(`${thread?.kind} ${thread?.name} ${operation}`);
  if (collects) {
    return {
      summary,
      remedy:
        `${newer}, then another collector (such as -XX:+UseParallelGC in spark.driver.extraJavaOptions). A heap ` +
        "may also be damaged by native libraries, and by faulty memory of the machine.",
    };
  }
  return { summary, remedy: `${newer}; if it goes on, report it to the vendor with the whole error report.` };
}

/** A page of a mapped file or of shared memory that could not be had. */
function isBusError({ failure }: HsErr): boolean {
  return failure.value.kind === "signal" && failure.value.name === "SIGBUS";
}

function within(frame: Frame | null): string {
  if (frame === null) return "";
  const name = frame.symbol ?? frame.library;
  switch (frame.kind) {
    case "native":
    case "vm":
      return name === null ? "" : ` in ${name}`;
    case "compiled-java":
      return ` in the code compiled for ${name ?? "a Java method"}`;
    case "interpreted-java":
      return ` while it interpreted ${name ?? "a Java method"}`;
    case "stub":
      return name === null ? "" : ` in its stub ${name}`;
  }
}

function exclude(method: string): string {
  return `Leave that method interpreted: -XX:CompileCommand=exclude,${method} in spark.driver.extraJavaOptions.`;
}
