/**
 * Are there variables that lead programs, or Spark, somewhere else?
 * @module
 */

import type { Examination, Finding } from "./finding.ts";

/** The environment, and whether values are needed elsewhere. */
export interface EnvironmentFacts {
  readonly env: Readonly<Record<string, string>>;
  /** The Spark that is used. */
  readonly sparkHome: string | null;
}

/** Judges it. */
export function examineEnvironment({ env, sparkHome }: EnvironmentFacts): Examination {
  const findings = [
    ...connects(env),
    ...attached(env),
    ...submitArguments(env),
    ...otherSpark(env, sparkHome),
    ...options(env),
    ...proxies(env),
  ];
  const count =
    Object.keys(env).filter((name) => /^(?:SPARK|PYSPARK|HADOOP|JAVA|REKINDLE)_/.test(name)).length;
  return { seen: `${count} variables of Spark, Java and rekindle`, findings };
}

type Environment = EnvironmentFacts["env"];

function connects(env: Environment): readonly Finding[] {
  const name = ["SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"].find((each) => env[each]) ??
    (env.SPARK_API_MODE === "connect" ? "SPARK_API_MODE" : null);
  if (name === null) return [];
  return [{
    severity: "error",
    what: `${name} is set: PySpark then uses Spark Connect`,
    why: "Such programs never come to a gateway, and rekindle has nothing to keep for them.",
    fix: `unset ${name}`,
  }];
}

function attached(env: Environment): readonly Finding[] {
  if (!env.PYSPARK_GATEWAY_PORT) return [];
  return [{
    severity: "warning",
    what: `PYSPARK_GATEWAY_PORT is set to ${env.PYSPARK_GATEWAY_PORT} in this shell`,
    why:
      "Programs started here without rekindle exec go to that gateway, which may be long gone: connection refused.",
    fix: "unset PYSPARK_GATEWAY_PORT PYSPARK_GATEWAY_SECRET",
  }];
}

function submitArguments({ PYSPARK_SUBMIT_ARGS: args }: Environment): readonly Finding[] {
  if (!args || /(?:^|\s)pyspark-shell\s*$/.test(args)) return [];
  return [{
    severity: "warning",
    what: "PYSPARK_SUBMIT_ARGS does not end with pyspark-shell",
    why: "Plain PySpark does not start with it: Java gateway process exited. rekindle adds the word.",
    fix: `export PYSPARK_SUBMIT_ARGS="$PYSPARK_SUBMIT_ARGS pyspark-shell"`,
  }];
}

function otherSpark(env: Environment, sparkHome: string | null): readonly Finding[] {
  if (!env.SPARK_HOME || sparkHome === null || env.SPARK_HOME.replace(/\/+$/, "") === sparkHome) return [];
  return [{
    severity: "note",
    what: `SPARK_HOME is ${env.SPARK_HOME}, and ${sparkHome} is used`,
    why: "Programs without rekindle use the first one.",
    fix: `export SPARK_HOME=${sparkHome}, or: unset SPARK_HOME`,
  }];
}

function options(env: Environment): readonly Finding[] {
  const names = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"].filter((name) => env[name]);
  if (names.length === 0) return [];
  return [{
    severity: "note",
    what: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set: every JVM takes options from there`,
    why: "Sizes in them are pins; an agent in them runs in every gateway.",
    fix: "rekindle plan shows which of them count; unset what is not meant for Spark",
  }];
}

function proxies(env: Environment): readonly Finding[] {
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].filter((
    name,
  ) => env[name]);
  const excluded = (env.no_proxy ?? env.NO_PROXY ?? "").split(",").map((each) => each.trim());
  if (names.length === 0 || excluded.some((each) => ["*", "localhost", "127.0.0.1"].includes(each))) {
    return [];
  }
  return [{
    severity: "note",
    what: `${names.join(", ")} ${
      names.length === 1 ? "names" : "name"
    } a proxy, and no_proxy does not leave out localhost`,
    why:
      "curl and other clients ask the proxy for the health API on 127.0.0.1; rekindle's own commands do not.",
    fix: "export no_proxy=localhost,127.0.0.1",
  }];
}
