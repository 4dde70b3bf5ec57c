import { deepStrictEqual } from "node:assert/strict";
import { examineDeep } from "../../../src/core/doctor/deep.ts";
import { examineDisk } from "../../../src/core/doctor/disk.ts";
import type { FolderFact } from "../../../src/core/doctor/disk.ts";
import { examineLocks } from "../../../src/core/doctor/locks.ts";
import { examineNetwork } from "../../../src/core/doctor/network.ts";
import { examinePorts } from "../../../src/core/doctor/ports.ts";
import type { PortFact } from "../../../src/core/doctor/ports.ts";
import { isNoExec } from "../../../src/doctor/place_facts.ts";
import { testCases } from "./findings.ts";

const GIB = 2 ** 30, MIB = 2 ** 20;
const folder: FolderFact = {
  for: "temporary files",
  path: "/tmp",
  by: "TMPDIR",
  failure: null,
  freeBytes: 10 * GIB,
  freeFiles: 1_000_000,
  isNoExec: false,
  need: "libraries",
};
const state: FolderFact = {
  ...folder,
  for: "ledger and incidents",
  path: "/state",
  by: "--state-dir",
  need: "records",
};
const scratch: FolderFact = {
  ...folder,
  for: "shuffles",
  path: "/scratch",
  by: "--conf spark.local.dir",
  need: "scratch",
};

testCases<{ folders: readonly FolderFact[] }>("examineDisk", {
  examine: ({ folders }) => examineDisk(folders),
  usual: { folders: [folder, state, scratch] },
  cases: [
    ["a state folder that cannot be written", { folders: [{ ...state, failure: "Permission denied" }] }, [
      "error",
      /Cannot write to \/state \(ledger and incidents, --state-dir\): Permission denied/,
      /--state-dir DIR/,
    ]],
    ["a folder on a full disk", { folders: [{ ...folder, failure: "No space left on device" }] }, [
      "error",
      /Cannot write to \/tmp/,
      /df -h/,
    ]],
    [
      "a folder of Spark's that cannot be written",
      { folders: [{ ...scratch, failure: "Not a directory" }] },
      [
        "error",
        /Cannot write to \/scratch/,
        /--conf spark\.local\.dir/,
      ],
    ],
    ["little room for records", { folders: [{ ...state, freeBytes: 100 * MIB }] }, [
      "warning",
      /Only 100 MiB/,
      /rm ID/,
    ]],
    ["too little room for records", { folders: [{ ...state, freeBytes: MIB }] }, [
      "error",
      /Only 1 MiB/,
      /rm ID/,
    ]],
    ["little room for shuffles", { folders: [{ ...scratch, freeBytes: 100 * MIB }] }, [
      "warning",
      /Only 100/,
      /TMPDIR/,
    ]],
    ["few inodes", { folders: [{ ...scratch, freeFiles: 5000 }] }, [
      "warning",
      /Only 5000 more files/,
      /df -i/,
    ]],
    ["no inodes", { folders: [{ ...folder, freeFiles: 3 }] }, ["error", /Only 3 more files/, /df -i/]],
    ["unknown room", { folders: [{ ...folder, freeBytes: null, freeFiles: null }] }],
    ["a temporary folder without programs", { folders: [{ ...folder, isNoExec: true }] }, [
      "error",
      /mounted noexec/,
      /remount,exec/,
    ]],
    ["a state folder without programs, which needs none", { folders: [{ ...state, isNoExec: true }] }],
  ],
});

Deno.test("isNoExec: goes by the innermost mount, and the last of two at one place", () => {
  const line = (point: string, options: string) => `1 2 0:1 / ${point} ${options} - tmpfs tmpfs rw`;
  const mounts = [
    line("/", "rw"),
    line("/tmp", "rw,noexec"),
    line("/tmp/in", "rw"),
    line("/two", "rw,noexec"),
    line("/two", "rw"),
  ]
    .join("\n");
  deepStrictEqual(
    ["/", "/tmp", "/tmp/x", "/tmp/in/x", "/tmpx", "/two"].map((path) => isNoExec(path, mounts)),
    [
      false,
      true,
      true,
      false,
      false,
      false,
    ],
  );
});

const relay: PortFact = {
  for: "the relay",
  port: 7434,
  by: "--relay",
  taken: null,
  isOurs: false,
  retries: 0,
};

testCases<{ ports: readonly PortFact[] }>("examinePorts", {
  examine: ({ ports }) => examinePorts(ports),
  usual: { ports: [relay] },
  cases: [
    ["a port of somebody else", { ports: [{ ...relay, taken: "another program listens there" }] }, [
      "error",
      /Port 7434 \(the relay, --relay\) is taken/,
      /--relay 0/,
    ]],
    ["a port of the own daemon", {
      ports: [{ ...relay, taken: "another program listens there", isOurs: true }],
    }],
    ["a port that Spark passes over", {
      ports: [{ ...relay, by: "--conf spark.ui.port", taken: "another program listens there", retries: 16 }],
    }, ["note", /is taken/, /ss -ltnp/]],
  ],
});

testCases("examineNetwork", {
  examine: examineNetwork,
  usual: {
    hostName: "box",
    hostAddresses: ["127.0.1.1"],
    localhostAddresses: ["::1", "127.0.0.1"],
    ownAddresses: ["10.0.0.5"],
    loopbackFailure: null,
    given: [{ by: "SPARK_LOCAL_IP", name: "10.0.0.5", addresses: ["10.0.0.5"] }],
    settings: {},
    master: "local[*]",
  },
  cases: [
    ["a loopback that is down", { loopbackFailure: "unreachable" }, [
      "error",
      /127\.0\.0\.1 does not work/,
      /ip link/,
    ]],
    ["no localhost", { localhostAddresses: null }, ["error", /localhost does not resolve/, /hosts/]],
    ["a localhost elsewhere", { localhostAddresses: ["10.9.9.9"] }, [
      "error",
      /localhost is 10\.9\.9\.9/,
      /hosts/,
    ]],
    ["an unknown host name", { hostAddresses: null, given: [] }, [
      "error",
      /box does not resolve/,
      /SPARK_LOCAL_IP/,
    ]],
    ["an unknown host name that Spark does not ask for", { hostAddresses: null }, [
      "note",
      /box does not/,
      /hosts/,
    ]],
    ["a host name of another machine", { hostAddresses: ["10.9.9.9"] }, [
      "error",
      /box is 10\.9\.9\.9, an address this machine does not have/,
      /SPARK_LOCAL_IP=10\.0\.0\.5/,
    ]],
    ["a cluster that cannot come back", { ownAddresses: [], given: [], master: "spark://far:7077" }, [
      "warning",
      /box is 127\.0\.1\.1, and the master is spark:\/\/far/,
      /spark\.driver\.host/,
    ]],
    ["a name that does not resolve", {
      given: [{ by: "SPARK_LOCAL_IP", name: "no.such.host", addresses: null }],
    }, [
      "error",
      /SPARK_LOCAL_IP is no\.such\.host/,
      /leave it out/,
    ]],
    ["an address of another machine", {
      given: [{ by: "SPARK_LOCAL_IP", name: "x", addresses: ["10.9.9.9"] }],
    }, [
      "error",
      /does not have/,
      /127\.0\.0\.1, 10\.0\.0\.5/,
    ]],
    ["a driver behind another name", {
      given: [{ by: "--conf spark.driver.host", name: "x", addresses: ["10.9.9.9"] }],
    }],
    ["every address", {
      given: [{ by: "--conf spark.driver.bindAddress", name: "0.0.0.0", addresses: ["0.0.0.0"] }],
    }],
  ],
});

testCases("examineLocks", {
  examine: examineLocks,
  usual: { stateFolder: "/state", isHeld: true, answers: true, isStale: false, orphans: [], metastore: null },
  cases: [
    ["a lock without a daemon", { answers: false }, ["warning", /Something holds the lock/, /fuser/]],
    ["a daemon that was killed", { isHeld: false, answers: false, isStale: true }, [
      "note",
      /was killed/,
      /rekindle run/,
    ]],
    ["gateways without a daemon", { isHeld: false, orphans: [12, 13] }, [
      "warning",
      /still run: 12, 13/,
      /kill 12 13/,
    ]],
    ["a metastore in use", { metastore: { path: "/w/metastore_db", holder: 99 } }, [
      "warning",
      /open in process 99/,
      /99/,
    ]],
    ["a metastore that was left", { metastore: { path: "/w/metastore_db", holder: null } }],
  ],
});

testCases("examineDeep", {
  examine: examineDeep,
  usual: {
    steps: [{ name: "start", ms: 1234 }],
    failure: null,
    versions: { driver: { Python: "3.11.7" }, worker: { Python: "3.11.7" } },
  },
  cases: [
    ["a failure", {
      failure: {
        step: "first program",
        line: "Invalid log level",
        verdict: { class: "bad-spark-config", summary: "Spark refuses a setting.", remedy: "Correct it." },
      },
    }, ["error", /failed at "first program" \(bad-spark-config\): Invalid log level/, /Correct it/]],
    ["a warm-up that fails, without which programs work", {
      failure: {
        step: "warm-up",
        line: "no",
        verdict: { class: "unknown", summary: "Nobody knows.", remedy: "Look." },
      },
    }, ["warning", /failed at "warm-up": no/, /Look/]],
    ["workers of another kind", {
      versions: { driver: { Python: "3.11.7", pandas: "2.3.3" }, worker: { Python: "3.11.7" } },
    }, [
      "warning",
      /pandas 2\.3\.3 and none/,
      /PYSPARK_PYTHON/,
    ]],
  ],
});
