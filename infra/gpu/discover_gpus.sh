#!/usr/bin/env bash
# Spark's GPU discovery: prints the addresses of this machine's GPUs as {"name":"gpu","addresses":["0","1"]}.
set -euo pipefail
if ! command -v nvidia-smi >/dev/null; then
    echo "discover_gpus: no nvidia-smi on $(hostname): no NVIDIA driver, so no GPU to report" >&2
    exit 1
fi
indices=$(nvidia-smi --query-gpu=index --format=csv,noheader)
addresses=$(printf '%s\n' "$indices" | sed -nE 's/^ *([0-9]+) *$/"\1"/p' | paste -sd, -)
if [[ -z $addresses ]]; then
    echo "discover_gpus: nvidia-smi lists no GPU on $(hostname); it printed: $indices" >&2
    exit 1
fi
printf '{"name":"gpu","addresses":[%s]}\n' "$addresses"
