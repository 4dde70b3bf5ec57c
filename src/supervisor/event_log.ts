/**
 * Who is told of what happens, and for how long is it known? A history of bounded length, which every listener reads at
 * its own pace: one that falls behind its beginning is dropped. None holds up the loop, or another one.
 * @module
 */

import type { DaemonEvent, Gap, PublishedEvent } from "../core/events/event.ts";
import type { Clock } from "../ports.ts";

/** A day of an ordinary daemon, or an hour of one whose programs take a few seconds; some 500 bytes each. */
const CAPACITY = 1024;

/** What a log of events needs. */
export interface EventLogOptions {
  readonly clock: Clock;
  /** Takes the secrets out of an event: everybody may read it. */
  readonly redact: (event: DaemonEvent) => DaemonEvent;
  /** Told of what fails here; the loop is never. */
  readonly onError: (error: unknown) => void;
  /** How many events are kept. */
  readonly capacity?: number;
}

/** A part of the history. */
export interface EventPage {
  readonly gap: Gap | null;
  /** Oldest first. */
  readonly events: readonly PublishedEvent[];
  /** The number of the newest event there is, or of the one before the first. */
  readonly last: number;
}

/** One listener. It takes what is new when it has time to. */
export interface Subscription {
  /** What was not to be had any more when it began to listen. */
  readonly gap: Gap | null;
  /** What has come since it was asked last, oldest first; `null` when it is told no more. */
  take(limit: number): readonly PublishedEvent[] | null;
  /** Resolves when there is something to take or it is told no more, and at the latest after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
  /** Listens no more; harmless when closed before. */
  close(): void;
  /** Told when it has been dropped; must not throw. */
  onDropped: () => void;
}

/** The history, and those who listen. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #capacity: number;
  /** The number before the first that this daemon has given. */
  readonly #origin: number;
  readonly #listeners = new Set<Listener>();
  #events: PublishedEvent[] = [];
  #last: number;
  #dropped = 0;

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
    // No daemon publishes an event a millisecond for all its life: the next one begins behind its last number.
    this.#origin = this.#last = options.clock.date().getTime();
  }

  /** The number of the newest event. */
  get last(): number {
    return this.#last;
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** How many listeners were too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event and wakes who listens. Never throws. */
  publish(event: DaemonEvent): void {
    try {
      const { clock, redact } = this.#options;
      const at = clock.date().toISOString();
      this.#events.push({ seq: this.#last + 1, at, ...redact(event) });
      this.#last++;
      if (this.#events.length > this.#capacity) this.#events.shift();
      for (const listener of [...this.#listeners]) this.#tell(listener);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /**
   * The events behind a number, oldest first.
   * @param since `null` for the newest.
   */
  page(since: number | null, limit: number): EventPage {
    const first = this.#last - this.#events.length;
    const known = since ?? Math.max(first, this.#last - limit);
    const gap = this.#gapAt(known);
    const from = gap === null ? known : gap.before - 1;
    return { gap, events: this.#events.slice(from - first, from - first + limit), last: this.#last };
  }

  /**
   * Listens from now on: whoever takes a look at the daemon before anything else happens misses nothing.
   * @param since The last event that is known already; `null` for whoever wants only what comes.
   */
  subscribe(since: number | null): Subscription {
    const { gap, events } = this.page(since ?? this.#last, this.#capacity);
    // Kept apart, or an event that comes before the first is taken would push the listener out of the history.
    const backlog = [...events];
    const listener: Listener = {
      ...{ position: this.#last, wake: new AbortController(), isOpen: true },
      dropped: () => subscription.onDropped(),
    };
    this.#listeners.add(listener);
    const subscription: Subscription = {
      gap,
      take: (limit) => {
        if (!listener.isOpen) return null;
        if (backlog.length > 0) return backlog.splice(0, limit);
        const { events } = this.page(listener.position, limit);
        listener.position += events.length;
        return events;
      },
      wait: async (ms) => {
        if (!listener.isOpen || backlog.length > 0 || listener.position !== this.#last) return;
        listener.wake = new AbortController();
        await this.#options.clock.sleep(ms, listener.wake.signal);
      },
      close: () => this.#end(listener),
      onDropped: () => {},
    };
    return subscription;
  }

  /** Tells nobody any more. */
  close(): void {
    for (const listener of [...this.#listeners]) this.#end(listener);
  }

  #tell(listener: Listener): void {
    if (this.#last - listener.position <= this.#capacity) return listener.wake.abort();
    this.#dropped++;
    this.#end(listener);
    listener.dropped();
  }

  #end(listener: Listener): void {
    listener.isOpen = false;
    this.#listeners.delete(listener);
    listener.wake.abort();
  }

  #gapAt(known: number): Gap | null {
    const first = this.#last - this.#events.length;
    if (known >= first && known <= this.#last) return null;
    const reason = known < this.#origin || known > this.#last ? "restart" : "history";
    return { after: known, before: first + 1, reason };
  }
}

interface Listener {
  /** The number of the last event that it has taken, or need not take. */
  position: number;
  wake: AbortController;
  isOpen: boolean;
  readonly dropped: () => void;
}
