#!/usr/bin/env bash
# Every test but the slow suites, in two workers, each with one Spark session: most of a small test's time is one
# thread of Spark's planning, so that a second core would wait. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. .venv/interestlake-env.sh
exec python -m pytest -n "${WORKERS:-2}" --dist loadgroup -m "not cluster and not kill and not surfaces" "$@"
