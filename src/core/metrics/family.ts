/**
 * What is a metric, before it is written in any format? Families of samples, after OpenMetrics 1.0.
 * @module
 */

/** What kind of number; `info` and `stateset` are gauges where a format does not know them. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary" | "info" | "stateset";

/** Label names with their values. */
export type Labels = Readonly<Record<string, string>>;

/** One number. */
export interface Sample {
  /** What follows the family's name beside what its type adds by itself. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
  readonly labels: Labels;
  readonly value: number;
}

/** Every sample of one name. */
export interface Family {
  /** Without `_total` and `_info`, which a format adds; its last word is the unit where it has one. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence for people. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A number that may not be known, with its labels. */
export type Known = readonly [labels: Labels, value: number | null];

const NO_LABELS: Labels = {};

function family(type: MetricType, name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type, help, samples };
}

function known(values: readonly Known[] | number | null): readonly Sample[] {
  const all: readonly Known[] = typeof values === "object" && values !== null
    ? values
    : [[NO_LABELS, values]];
  return all.flatMap(([labels, value]) => value === null ? [] : [{ labels, value }]);
}

/** What goes up and down. What is not known is left out. */
export function gauge(name: string, help: string, values: readonly Known[] | number | null): Family {
  return family("gauge", name, help, known(values));
}

/** What only grows, until whatever is counted begins anew. */
export function counter(name: string, help: string, values: readonly Known[] | number | null): Family {
  return family("counter", name, help, known(values));
}

/** Texts, as labels of a 1. */
export function info(name: string, help: string, labels: readonly Labels[]): Family {
  return family("info", name, help, labels.map((each) => ({ labels: each, value: 1 })));
}

/** One of several states: the label has the family's name, as OpenMetrics wants it. */
export function stateSet(name: string, help: string, states: readonly string[], state: string): Family {
  return family(
    "stateset",
    name,
    help,
    states.map((each) => ({ labels: { [name]: each }, value: each === state ? 1 : 0 })),
  );
}

/** Count and sum for each of several things. */
export function summary(
  name: string,
  help: string,
  all: readonly { readonly labels: Labels; readonly count: number; readonly sum: number }[],
): Family {
  return family(
    "summary",
    name,
    help,
    all.flatMap(({ labels, count, sum }) => [
      { suffix: "_count", labels, value: count },
      { suffix: "_sum", labels, value: sum },
    ]),
  );
}

/** 1 for what holds. */
export function truth(holds: boolean): 0 | 1 {
  return holds ? 1 : 0;
}
