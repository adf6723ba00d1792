#!/usr/bin/env bash
# What `make storage-test` needs beside .venv, in .cache/storage: an S3 server's environment, and jars. Twice does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=infra/storage venv=.cache/storage/venv
# shellcheck disable=SC1091
. .venv/interestlake-env.sh

wanted=$(sha256sum "$here/requirements.lock" | cut -d' ' -f1)
if [[ ! -f $venv/lock.sha256 || $(<"$venv/lock.sha256") != "$wanted" ]]; then
    echo "storage-test: making the S3 server's environment in $venv (once)" >&2
    python -m venv --clear "$venv"
    "$venv/bin/python" -m pip install -q --no-deps --require-hashes -r "$here/requirements.lock"
    # MLflow's server runs there too: it needs boto3, which .venv lacks, and all that .venv has
    python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$("$venv/bin/python" -c \
        'import sysconfig; print(sysconfig.get_path("purelib"))')/interestlake.pth"
    printf '%s\n' "$wanted" >"$venv/lock.sha256"
fi
python "$here/jars.py"
