/**
 * How is a moment said to a person who looks at it now?
 * @module
 */

const UNITS = [
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
] as const;

/** A span in its largest fitting unit: `4 s`, `3 min`, `26 h`; two days and more are days. */
function spanOf(ms: number): string {
  const [unit, length] = UNITS.findLast(([, each]) => ms >= 2 * each) ?? UNITS[0];
  return `${Math.max(0, Math.floor(ms / length))} ${unit}`;
}

/** The time of a day in UTC, with the day unless it is less than 24 hours away from `now`. */
export function clockTime(iso: string, now: Date): string {
  const [day = "", time = ""] = iso.split(/[T.Z]/);
  const isNear = Math.abs(Date.parse(iso) - now.getTime()) < 86_400_000;
  return `${isNear ? "" : `${day} `}${time} UTC`;
}

/** How long ago it was, or in how long it will be. */
export function fromNow(iso: string, now: Date): string {
  const ms = Date.parse(iso) - now.getTime();
  return ms > 0 ? `in ${spanOf(ms)}` : `${spanOf(-ms)} ago`;
}
