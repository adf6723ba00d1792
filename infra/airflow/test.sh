#!/usr/bin/env bash
# Runs the DAG with a real Airflow: an environment of its own, a store in a temporary folder, spark-submit of .venv.
# Exit code 0 where every task succeeded, every table is there and every asset has its event.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# the relative path of spark.jars in conf/spark/local.properties starts here
cd "$root"
here=$root/infra/airflow
airflow_env=$root/.cache/airflow-venv

say() { printf 'airflow-test: %s\n' "$*" >&2; }

[[ -f .venv/interestlake-env.sh ]] || bash infra/setup/setup.sh
# shellcheck disable=SC1091
. .venv/interestlake-env.sh

wanted=$(sha256sum "$here/requirements.lock" | cut -d' ' -f1)
if [[ ! -f $airflow_env/lock.sha256 || $(<"$airflow_env/lock.sha256") != "$wanted" ]]; then
    say "making the Airflow environment in .cache/airflow-venv (once)"
    python -m venv --clear "$airflow_env"
    "$airflow_env/bin/python" -m pip install -q --no-deps --require-hashes -r "$here/requirements.lock"
    printf '%s\n' "$wanted" >"$airflow_env/lock.sha256"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/interestlake-airflow.XXXXXX")
trap 'if [[ ${KEEP:-} == 1 ]]; then say "kept $work"; else rm -rf "$work"; fi' EXIT
export AIRFLOW_HOME=$work/airflow INTERESTLAKE_HOME=$root
export AIRFLOW__CORE__DAGS_FOLDER=$here/dags AIRFLOW__CORE__LOAD_EXAMPLES=false
export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=sqlite:///$work/airflow/airflow.db
export AIRFLOW__LOGGING__BASE_LOG_FOLDER=$work/airflow/logs AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=false
export AIRFLOW_CONN_SPARK_DEFAULT='{"conn_type": "spark", "host": "local[2]"}'
export INTERESTLAKE_PSEUDONYM_KEY=${INTERESTLAKE_PSEUDONYM_KEY:-airflow-test-pseudonym-key} SPARK_LOCAL_IP=127.0.0.1
export AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY=1
mkdir -p "$AIRFLOW_HOME" "$work/bin"

# the first try of prepare does its work and is then reported as killed: Airflow must try again, and that must change nothing
cat >"$work/bin/spark-submit" <<END
#!/usr/bin/env bash
# a second DAG run does nothing, and its gate says no
if [[ -e "$work/refusing" ]]; then [[ "\$*" != */jobs/promote.py* ]] || exit 3; exit 0; fi
if [[ "\$*" == */jobs/prepare.py* && ! -e "$work/killed" ]]; then
    : >"$work/killed"
    "$(command -v spark-submit)" "\$@" || exit
    exit 137
fi
exec "$(command -v spark-submit)" "\$@"
END
chmod +x "$work/bin/spark-submit"
export PATH=$work/bin:$PATH

say "making Airflow's store"
"$airflow_env/bin/airflow" db migrate >"$work/migrate.log" 2>&1 || { tail -n 20 "$work/migrate.log" >&2; exit 1; }
errors=$("$airflow_env/bin/airflow" dags list-import-errors 2>/dev/null || true)
if grep -q interestlake.py <<<"$errors"; then printf '%s\n' "$errors" >&2; exit 1; fi

conf=$(python - "$here/sample_world.yml" "$work/lake" <<'PY'
import json, sys, yaml
print(json.dumps({**yaml.safe_load(open(sys.argv[1])), "lake": sys.argv[2], "run_id": "airflow-test"}))
PY
)
say "airflow dags test interestlake: one spark-submit per stage; the output goes to $work/dag.log"
began=$SECONDS
code=0
"$airflow_env/bin/airflow" dags test interestlake --conf "$conf" >"$work/dag.log" 2>&1 || code=$?
python "$here/check_run.py" --store "$work/airflow/airflow.db" --lake "$work/lake" --log "$work/dag.log" --retried prepare || code=1
if ((!code)); then
    say "the same DAG, with a gate that says no"
    : >"$work/refusing"
    "$airflow_env/bin/airflow" dags test interestlake 2026-01-02 --conf "$conf" >"$work/dag.log" 2>&1 || code=$?
    last='import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute("SELECT run_id FROM dag_run ORDER BY id DESC").fetchone())'
    refused=$(python -c "$last" "$work/airflow/airflow.db")
    python "$here/check_run.py" --store "$work/airflow/airflow.db" --lake "$work/lake" --log "$work/dag.log" --refused "$refused" || code=1
fi
if ((code)); then
    cp "$work/dag.log" "$root/.cache/airflow-test.log"
    say "FAILED after $((SECONDS - began)) s; the whole output is in .cache/airflow-test.log"
    exit 1
fi
say "passed in $((SECONDS - began)) s"
