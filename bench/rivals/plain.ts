/**
 * How does plain PySpark fare, where each program starts a gateway of its own?
 * @module
 */

import { connectionFile, SUBMIT_ARGS } from "./gateway.ts";
import { supervised } from "./supervised.ts";

/** A program that only has a gateway, and says how to reach it as a gateway of others does. */
const HOLD = `
import os, signal, struct, sys
from pyspark.java_gateway import launch_gateway
way = launch_gateway().gateway_parameters
secret = way.auth_token.encode()
with open(sys.argv[1] + ".new", "wb") as file:
    file.write(struct.pack(">ii", way.port, len(secret)) + secret)
os.rename(sys.argv[1] + ".new", sys.argv[1])
signal.pause()
`;

/** Plain PySpark, with the gateway's flags of all rivals. */
export const plain = supervised({
  name: "plain PySpark",
  absence: () => Promise.resolve(null),
  setup: () => Promise.resolve("each program starts its own gateway"),
  stdin: "held",
  configure: (place) => {
    const submit = `PYSPARK_SUBMIT_ARGS=${SUBMIT_ARGS}`;
    return Promise.resolve(["env", submit, "python", "-c", HOLD, connectionFile(place)]);
  },
  command: (place, words) =>
    Promise.resolve({ words, env: { ...place.env, PYSPARK_SUBMIT_ARGS: SUBMIT_ARGS } }),
});
