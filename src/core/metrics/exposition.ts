/**
 * How do metrics look to who scrapes them? As Prometheus text 0.0.4, or as OpenMetrics 1.0, with the same names of
 * samples and the same labels in both.
 * @module
 */

import type { Family, Labels, MetricType, Sample } from "./family.ts";

/** The two formats. */
export type ExpositionFormat = "prometheus" | "openmetrics";

/** The media type of each. */
export const MEDIA_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** Units that a name may end in, and that are then declared. */
const UNITS = ["seconds", "bytes", "ratio"];

/** Writes the families that have samples. A format knows nothing of one that has none. */
export function exposition(families: readonly Family[], format: ExpositionFormat): string {
  const blocks = families.filter(({ samples }) => samples.length > 0).map((family) => block(family, format));
  return blocks.join("") + (format === "openmetrics" ? "# EOF\n" : "");
}

function block(family: Family, format: ExpositionFormat): string {
  const { name, type, help, samples } = family;
  const lines = format === "openmetrics"
    ? [`# TYPE ${name} ${type}`, ...unitOf(name), `# HELP ${name} ${escaped(help)}`]
    : [
      `# HELP ${name}${ownSuffix(type)} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name}${ownSuffix(type)} ${plainType(type)}`,
    ];
  return [...lines, ...samples.map((sample) => line(family, sample))].map((each) => `${each}\n`).join("");
}

function unitOf(name: string): readonly string[] {
  const unit = UNITS.find((each) => name.endsWith(`_${each}`));
  return unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
}

function line({ name, type }: Family, { suffix, labels, value }: Sample): string {
  return `${name}${suffix ?? ownSuffix(type)}${labelText(labels)} ${numberText(value)}`;
}

/** What a type adds to the name of its samples; in the older format to that of the family as well. */
function ownSuffix(type: MetricType): string {
  switch (type) {
    case "counter":
      return "_total";
    case "info":
      return "_info";
    case "gauge":
    case "stateset":
    case "histogram":
    case "summary":
      return "";
  }
}

function plainType(type: MetricType): string {
  return type === "info" || type === "stateset" ? "gauge" : type;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}
