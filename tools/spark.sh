#!/bin/sh
# Install PySpark for the cluster test where Java 17 is; in CI, where the test must run, Java as well.
BIN=${1:-.venv/bin}
STAMP=.venv/.spark

has_java() {
    version=$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | sed -nE 's/.*version "(1\.)?([0-9]+).*/\2/p')
    [ "${version:-0}" -ge 17 ]
}

if ! has_java && [ "$CI" = true ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null
fi
if ! has_java; then
    echo "Java 17 is not installed: the test on a Spark cluster will be skipped, and fail where CI=true." >&2
    exit 0
fi
# A change of the environment takes PySpark out: its own list does not name it.
[ "$STAMP" -nt .venv/.ready ] && [ "$STAMP" -nt requirements-spark.txt ] && exit 0
if "$BIN/uv" pip install --quiet --compile-bytecode --require-hashes -r requirements-spark.txt; then
    touch "$STAMP"
else
    echo "PySpark cannot be installed: the test on a Spark cluster will be skipped, and fail where CI=true." >&2
fi
exit 0
