/**
 * What has a gateway used over the last hour? A ring of moments, each figure in a column of its own.
 * @module
 */

/**
 * One array for each figure, all of one length: the same place in each is one moment, oldest first. It is that of the
 * gateway that a program has, or that the next one will get. `null` is "not known then", a gap in a line.
 */
export interface FigureColumns {
  /** The wall clock in seconds since 1970, with milliseconds; strictly ascending. */
  readonly timeSeconds: readonly number[];
  /** The gateway that all else of this moment is of. */
  readonly generation: readonly number[];
  /** Its phase, as a place in `PHASES`. */
  readonly phase: readonly number[];
  /** What is used of the heap, garbage not yet collected included, as the JVM last published it. */
  readonly heapUsedBytes: readonly (number | null)[];
  /** What the JVM has taken for its heap so far. */
  readonly heapCommittedBytes: readonly (number | null)[];
  /** What its heap may grow to. */
  readonly heapMaxBytes: readonly (number | null)[];
  /** What the JVM's process has in memory. */
  readonly residentBytes: readonly (number | null)[];
  /** How many processors the JVM has kept busy since the moment before: 1 is one of them. */
  readonly processors: readonly (number | null)[];
  /** Time in stop-the-world collections since the moment before, from 0 to 1. */
  readonly gcShare: readonly (number | null)[];
  /** How long the newest heartbeat took. */
  readonly heartbeatMs: readonly (number | null)[];
  /** Programs attached to any gateway. */
  readonly programs: readonly number[];
}

/** What is kept of each moment beside the time. */
const FIGURES = [
  "generation",
  "phase",
  "heapUsedBytes",
  "heapCommittedBytes",
  "heapMaxBytes",
  "residentBytes",
  "processors",
  "gcShare",
  "heartbeatMs",
  "programs",
] as const;

type Figure = (typeof FIGURES)[number];

/** One moment of {@linkcode FigureColumns}. */
export type Moment = { readonly [Name in keyof FigureColumns]: FigureColumns[Name][number] };

/** The newest moments: as many as there is room for, and none older than is wanted. 8 bytes a number. */
export class History {
  readonly #keptSeconds: number;
  readonly #room: number;
  readonly #times: Float64Array;
  readonly #columns: Readonly<Record<Figure, Float64Array>>;
  /** Moments that were ever added; the newest `#length` are kept. */
  #added = 0;
  #length = 0;

  /** @param room How many moments at most, at least 1. */
  constructor({ keptSeconds, room }: { readonly keptSeconds: number; readonly room: number }) {
    const column = () => new Float64Array(room);
    this.#keptSeconds = keptSeconds;
    this.#room = room;
    this.#times = column();
    this.#columns = Object.fromEntries(FIGURES.map((name) => [name, column()])) as Record<
      Figure,
      Float64Array
    >;
  }

  /** Adds a moment. When the clock was set back, those that are not older are forgotten: time only goes on. */
  add(moment: Moment): void {
    while (this.#length > 0 && this.#timeAt(this.#length - 1) >= moment.timeSeconds) {
      this.#added--;
      this.#length--;
    }
    const place = this.#added % this.#room;
    this.#times[place] = moment.timeSeconds;
    for (const name of FIGURES) this.#columns[name][place] = moment[name] ?? NaN;
    this.#added++;
    this.#length = Math.min(this.#length + 1, this.#room);
    while (this.#timeAt(0) < moment.timeSeconds - this.#keptSeconds) this.#length--;
  }

  /** The moments after `seconds` since 1970. */
  since(seconds: number): FigureColumns {
    let first = 0;
    while (first < this.#length && this.#timeAt(first) <= seconds) first++;
    const places = Array.from({ length: this.#length - first }, (_, nth) => this.#placeOf(first + nth));
    const whole = (column: Float64Array) => places.map((place) => column[place] ?? NaN);
    const known = (name: Figure) =>
      whole(this.#columns[name]).map((value) => Number.isNaN(value) ? null : value);
    return {
      timeSeconds: whole(this.#times),
      generation: whole(this.#columns.generation),
      phase: whole(this.#columns.phase),
      heapUsedBytes: known("heapUsedBytes"),
      heapCommittedBytes: known("heapCommittedBytes"),
      heapMaxBytes: known("heapMaxBytes"),
      residentBytes: known("residentBytes"),
      processors: known("processors"),
      gcShare: known("gcShare"),
      heartbeatMs: known("heartbeatMs"),
      programs: whole(this.#columns.programs),
    };
  }

  #timeAt(index: number): number {
    return this.#times[this.#placeOf(index)] ?? NaN;
  }

  #placeOf(index: number): number {
    return (this.#added - this.#length + index) % this.#room;
  }
}
