/**
 * Which of several forms of an answer does a client want? Its Accept header says, with weights (RFC 9110, 12.5.1).
 * @module
 */

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/**
 * The offer that is wanted most; the first of those wanted alike, and the first of all when none is wanted: a client
 * that asks for something else can still read it, or look at the status code.
 * @param offers Media types with their parameters, at least one. A parameter that the client names must be the same;
 *   `charset` and what is not in the offer do not matter.
 */
export function preferred<T extends string>(accept: string | null, offers: readonly [T, ...T[]]): T {
  const ranges = (accept ?? "*/*").split(",").flatMap(rangeFrom);
  let [best] = offers;
  let most = 0;
  for (const offer of offers) {
    const weight = weightOf(offer, ranges);
    if (weight > most) [best, most] = [offer, weight];
  }
  return best;
}

function rangeFrom(text: string): readonly MediaRange[] {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim().toLowerCase());
  if (!type.includes("/")) return [];
  const parameters = new Map(
    rest.flatMap((each) => {
      const [name = "", value = ""] = each.split("=");
      return name === "" ? [] : [[name.trim(), value.trim().replace(/^"(.*)"$/, "$1")] as const];
    }),
  );
  const weight = Number(parameters.get("q") ?? "1");
  parameters.delete("q");
  // A weight that is none is taken for the least there is.
  return [{ type, parameters, weight: weight >= 0 && weight <= 1 ? weight : 0.001 }];
}

/** That of the most exact range. */
function weightOf(offer: string, ranges: readonly MediaRange[]): number {
  const [own] = rangeFrom(offer);
  if (own === undefined) return 0;
  let found = { exactness: -1, weight: 0 };
  for (const { type, parameters, weight } of ranges) {
    const [family = ""] = own.type.split("/");
    const exactness = type === own.type
      ? 2 + parameters.size
      : type === `${family}/*`
      ? 1
      : type === "*/*"
      ? 0
      : -1;
    const agrees = [...parameters].every(([name, value]) =>
      name === "charset" || !own.parameters.has(name) || own.parameters.get(name) === value
    );
    if (agrees && exactness > found.exactness) found = { exactness, weight };
  }
  return found.weight;
}
