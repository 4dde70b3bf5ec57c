/**
 * With which flags is a JVM there sooner, that change nothing else of it?
 * @module
 */

/** What these flags depend on. */
export interface QuickStart {
  /** The JVM's own words so far, those in its variables included. */
  readonly words: readonly string[];
  /** Java's feature number. */
  readonly javaMajor: number;
  /** How many processors somebody waits for it on; `null` when nobody waits. */
  readonly awaitedOn: number | null;
}

/** Older ones do not know how to scale (JDK 9), and ours have been tried from this one on. */
const FIRST_JAVA = 17;
/**
 * With more processors the compilers have their own. With two they take the second one and more: C2, which works for
 * minutes that most starts do not last, keeps C1 from what the start runs now.
 */
const FEW_PROCESSORS = 2;
/**
 * All is compiled after three times the calls, and by C2 after four times that (`Tier4*` of HotSpot's `compiler_globals.hpp`).
 * On two processors it made of the time to the hand-shake 0.8, of a cold program's until its first result 0.85 with 0.7 of the
 * processor time, of a job's of 27 s 0.96 and of one of 88 s 1.00 (4.3.0, Java 17, medians of pairs). Scaling all by
 * more brought nothing more.
 */
const COMPILE_LATER = [
  "-XX:CompileThresholdScaling=3",
  "-XX:Tier4InvocationThreshold=20000",
  "-XX:Tier4MinInvocationThreshold=2400",
  "-XX:Tier4CompileThreshold=60000",
  "-XX:Tier4BackEdgeThreshold=160000",
];
/** Words of a user who has an opinion on when code is compiled. */
const COMPILES =
  /^-(?:Xint$|Xcomp$|XX:[+-]?(?:CompileThreshold|Tier\d|TieredCompilation|TieredStopAtLevel|AOT))/;
/** Words of a user who may look at the JVM's beans. */
const READS_BEANS = /^-(?:javaagent:|Dcom\.sun\.management|Dlog4j2?\.disable\.?jmx=)/i;

/** The flags, none of which goes against a word of the user's. */
export function quickStartFlags({ words, javaMajor, awaitedOn }: QuickStart): readonly string[] {
  const compilesLater = javaMajor >= FIRST_JAVA && awaitedOn !== null && awaitedOn <= FEW_PROCESSORS &&
    !words.some((word) => COMPILES.test(word));
  return [
    ...compilesLater ? COMPILE_LATER : [],
    // Log4j registers beans for each logger, which took 60 ms of a start; from 2.24 on (Spark 4) it does so no more by itself.
    ...words.some((word) => READS_BEANS.test(word)) ? [] : ["-Dlog4j2.disableJmx=true"],
  ];
}
