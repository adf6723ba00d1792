#!/usr/bin/env bash
# Resolves requirements.in again into requirements.lock, and jars.in into jars.lock (names and SHA-256); needs the network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=infra/storage tool=.cache/lock
[[ -x $tool/bin/uv ]] || { "${PYTHON:-python3.11}" -m venv "$tool" && "$tool/bin/python" -m pip install -q uv; }
{
    echo "# Every version and hash of the S3 server's own environment. Made by infra/storage/lock.sh from requirements.in."
    "$tool/bin/uv" pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
        "$here/requirements.in"
} >"$here/requirements.lock.new"
mv "$here/requirements.lock.new" "$here/requirements.lock"
echo "$here/requirements.lock: $(grep -c '^[a-z0-9]' "$here/requirements.lock") packages"
# shellcheck disable=SC1091
. .venv/interestlake-env.sh
[[ -f .venv/interestlake-env.sh ]] || bash infra/setup/setup.sh --without-archive
python "$here/jars.py" --lock
