#!/usr/bin/env bash
# Ends the processes that start.sh noted in FOLDER/pids, and no others.
#   stop.sh FOLDER
set -euo pipefail
folder=${1:?usage: stop.sh FOLDER}
[[ -f $folder/pids ]] || { echo "standalone: no $folder/pids, so nothing to end" >&2; exit 0; }

# a process id may have been given to another program since
ours() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q 'org.apache.spark.deploy'; }

mapfile -t pids < <(tac "$folder/pids")
for pid in "${pids[@]}"; do
    if ours "$pid"; then kill "$pid"; fi
done
for pid in "${pids[@]}"; do
    for ((tries = 0; tries < 40; tries++)); do
        ours "$pid" || continue 2
        sleep 0.25
    done
    kill -9 "$pid"
done
rm -f "$folder/pids" "$folder/master.url"
