#!/usr/bin/env bash
# Resolves requirements.in again into requirements.lock (versions and hashes, no index addresses); needs the network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
tool=../../.cache/lock
[[ -x $tool/bin/uv ]] || { "${PYTHON:-python3.11}" -m venv "$tool" && "$tool/bin/python" -m pip install -q uv; }
{
    echo "# Every version and hash of Airflow's own environment. Made by infra/airflow/lock.sh from requirements.in."
    "$tool/bin/uv" pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
        --override without.txt requirements.in
} >requirements.lock.new
mv requirements.lock.new requirements.lock
echo "infra/airflow/requirements.lock: $(grep -c '^[a-z0-9]' requirements.lock) packages"
