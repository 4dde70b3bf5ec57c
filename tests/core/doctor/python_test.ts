import { examinePython } from "../../../src/core/doctor/python.ts";
import type { PythonFacts } from "../../../src/core/doctor/python.ts";
import { testCases } from "./findings.ts";

const python: PythonFacts = {
  name: "/venv/bin/python",
  version: "3.11.7",
  executable: "/venv/bin/python",
  prefix: "/venv",
  packages: { pyspark: "3.5.7", py4j: "0.10.9.7", pandas: "2.3.3", pyarrow: "20.0.0" },
  requiresPython: ">=3.8",
  importError: null,
};
const other: PythonFacts = { ...python, name: "python3", executable: "/usr/bin/python3", prefix: "/usr" };

testCases("examinePython", {
  examine: examinePython,
  usual: {
    sparkVersion: "3.5.7",
    fromHome: false,
    py4jJar: "0.10.9.7",
    driver: python,
    worker: python,
    workerBy: "python3 on the PATH",
  },
  cases: [
    ["a worker of the same versions elsewhere", { worker: other }],
    [
      "no Python for programs",
      {
        driver: { name: "python3", failure: "No such file" },
        worker: { name: "python3", failure: "No such file" },
      },
      ["error", /Programs have no Python: python3/, /--python/],
      ["error", /workers have no Python/, /PYSPARK_PYTHON/],
    ],
    [
      "a Python for workers that is not there",
      { worker: { name: "/nope", failure: "No such file" }, workerBy: "PYSPARK_PYTHON" },
      [
        "error",
        /Spark's workers have no Python: \/nope \(PYSPARK_PYTHON\)/,
        /PYSPARK_PYTHON=\/venv\/bin\/python/,
      ],
    ],
    [
      "another Python for workers",
      { worker: { ...other, version: "3.9.2" }, workerBy: "PYSPARK_PYTHON" },
      [
        "error",
        /Python 3\.11\.7, and Spark's workers Python 3\.9\.2 \(\/usr\/bin\/python3, PYSPARK_PYTHON\)/,
        /PYSPARK/,
      ],
    ],
    [
      "workers without the program's packages",
      { worker: { ...other, packages: { pandas: "1.5.3" } } },
      [
        "warning",
        /pandas 2\.3\.3 and 1\.5\.3, pyarrow 20\.0\.0 and none/,
        /pandas==2\.3\.3 pyarrow==20\.0\.0/,
      ],
    ],
    ["workers without PySpark, which they get from Spark", {
      worker: { ...other, packages: { pandas: "2.3.3", pyarrow: "20.0.0" } },
    }],
    ["a PySpark of another series", { driver: { ...python, packages: { pyspark: "4.0.1" } } }, [
      "error",
      /has PySpark 4\.0\.1, and the gateway is Spark 3\.5\.7/,
      /pyspark==3\.5\.7/,
    ]],
    ["a PySpark of another fix", { driver: { ...python, packages: { pyspark: "3.5.1" } } }, [
      "warning",
      /has PySpark 3\.5\.1/,
      /pyspark==3\.5\.7/,
    ]],
    ["no PySpark at all", { driver: { ...python, packages: {} } }, [
      "error",
      /has no PySpark/,
      /pip install pyspark==3/,
    ]],
    ["no PySpark but that of SPARK_HOME", { driver: { ...python, packages: {} }, fromHome: true }],
    ["a py4j of the same series", {
      driver: { ...python, packages: { ...python.packages, py4j: "0.10.9.9" } },
    }, [
      "warning",
      /py4j 0\.10\.9\.9, and Spark's jar is 0\.10\.9\.7/,
      /py4j==0\.10\.9\.7/,
    ]],
    [
      "a py4j of another series",
      { driver: { ...python, packages: { ...python.packages, py4j: "0.10.7" } } },
      [
        "error",
        /py4j 0\.10\.7/,
        /py4j==0\.10\.9\.7/,
      ],
    ],
    [
      "a PySpark that cannot be imported",
      { driver: { ...python, importError: "ModuleNotFoundError: No module named 'py4j'" } },
      ["error", /cannot import pyspark: ModuleNotFoundError/, /force-reinstall/],
    ],
    ["a Python that is too old", { driver: { ...python, requiresPython: ">=3.12" } }, [
      "error",
      /Python 3\.11\.7 is too old for PySpark 3\.5\.7, which wants 3\.12/,
      /--python/,
    ]],
    ["a Python whose minor version has two digits", { driver: { ...python, requiresPython: ">=3.8.1" } }],
  ],
});
