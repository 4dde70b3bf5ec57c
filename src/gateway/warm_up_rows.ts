/**
 * Rows as Python would hand them over, made without Python.
 * @module
 */

import { withLength } from "./warm_up_served.ts";

/** `pickle.dumps([(i, f"name {i}", i / 2) for i in range(7)], 5)`: protocol 5 is PySpark's on every Python it runs on. */
const PICKLED = Uint8Array.fromBase64(
  "gAWVnwAAAAAAAABdlChLAIwGbmFtZSAwlEcAAAAAAAAAAIeUSwGMBm5hbWUgMZRHP+AAAAAAAACHlEsCjAZuYW1lIDKURz/wAAAAAAAAh5RL" +
    "A4wGbmFtZSAzlEc/+AAAAAAAAIeUSwSMBm5hbWUgNJRHQAAAAAAAAACHlEsFjAZuYW1lIDWUR0AEAAAAAAAAh5RLBowGbmFtZSA2lEdACAAAAAAA" +
    "AIeUZS4=",
);

/** The rows' columns, as `StructType.json()` writes them. */
export const ROWS_SCHEMA = JSON.stringify({
  type: "struct",
  fields: [["k", "long"], ["name", "string"], ["v", "double"]].map(([name, type]) => ({
    name,
    type,
    nullable: true,
    metadata: {},
  })),
});

/** Two batches of seven rows, as `PythonRDD.readRDDFromFile` reads them. */
export function rowsFile(): Uint8Array {
  return joined([PICKLED, PICKLED]);
}

/** Two pairs of where a batch belongs and the batch, as `PairwiseRDD` takes them two by two. */
export function pairsFile(): Uint8Array {
  return joined([bigEndian(0n), PICKLED, bigEndian(1n), PICKLED]);
}

function bigEndian(number: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, number);
  return bytes;
}

function joined(records: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(records.flatMap((record) => [...withLength(record)]));
}
