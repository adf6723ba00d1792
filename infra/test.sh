#!/usr/bin/env bash
# The linter, the formatter, the types and the site of the docs, which end everything where they find a fault; then
# every test but the slow suites, in two processes side by side: those on Spark, one session for all of them, and those
# without, whose lines come at the end. Arguments go to both.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. .venv/interestlake-env.sh
# two processes share the cores: more threads in each would wait for one another
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
ruff check --quiet .
ruff format --check --quiet . || { echo 'the formatter would change files: make format'; exit 1; }
pyrefly check --summary=none --output-format=min-text
# quiet would hide the warnings from strict, too
site=$(mktemp -d)
NO_MKDOCS_2_WARNING=1 mkdocs build --strict --site-dir "$site" >"$site.log" 2>&1 || { cat "$site.log"; exit 1; }
rm -rf "$site" "$site.log"
kept="not cluster and not kill and not surfaces and not commands and not storage"
log=$(mktemp)
python -m pytest -p no:cacheprovider -m "$kept and not spark" "$@" >"$log" 2>&1 &
plain=$!
trap 'kill "$plain" 2>/dev/null || true; rm -f "$log"' EXIT
on_spark=0 without=0
python -m pytest -m "$kept and spark" "$@" || on_spark=$?
wait "$plain" || without=$?
printf '\n== the tests without Spark\n'
cat "$log"
# 5: none of the chosen tests is of this kind
if [[ $on_spark == 5 && $without == 5 ]]; then exit 5; fi
for code in "$on_spark" "$without"; do
    if [[ $code != 0 && $code != 5 ]]; then exit "$code"; fi
done
