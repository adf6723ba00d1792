#!/usr/bin/env bash
# Starts a master and workers of a real standalone cluster on this machine's loopback, on free ports, without root.
#   start.sh FOLDER [--workers 2] [--cores 1] [--memory 2g] [--gpu-script SCRIPT]
#            [--apart [--seen PATH]... [--hidden PATH]...]
# FOLDER takes logs, work files, the processes' ids and `master.url`. With a discovery script each worker offers one GPU.
# With --apart (Linux, root) each worker is a host of its own as far as disks go: in a mount namespace with an empty /tmp and
# an empty folder at each --hidden PATH; what lies at a --seen PATH below /tmp is shared, as a mounted storage would be.
# Prints the master's address. infra/standalone/stop.sh FOLDER ends exactly these processes.
set -euo pipefail

usage="usage: start.sh FOLDER [--workers N] [--cores N] [--memory 2g] [--gpu-script SCRIPT] [--apart [--seen PATH]... [--hidden PATH]...]"
stop() { printf 'standalone: %s\n' "$@" >&2; exit 2; }

folder=${1:?$usage}
shift
workers=2 cores=1 memory=2g gpu_script='' apart='' seen=() hidden=()
while (($#)); do
    case $1 in
        --apart) apart=1; shift; continue ;;
        --seen) seen+=("$(realpath "$2")") ;;
        --hidden) hidden+=("$(realpath "$2")") ;;
        --workers) workers=$2 ;;
        --cores) cores=$2 ;;
        --memory) memory=$2 ;;
        --gpu-script) gpu_script=$(realpath "$2") ;;
        *) stop "found $1" "$usage" ;;
    esac
    shift 2
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -n ${SPARK_HOME:-} && -x $SPARK_HOME/bin/spark-class ]] ||
    stop "no Spark at SPARK_HOME=${SPARK_HOME:-(unset)}" "run make setup, then: . .venv/interestlake-env.sh"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[[ ! -s $folder/pids ]] || stop "$folder/pids is there: a cluster runs from this folder" "end it: $here/stop.sh $folder"

export SPARK_DAEMON_MEMORY=${SPARK_DAEMON_MEMORY:-512m} SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS=$folder/local
export SPARK_WORKER_OPTS="-Dspark.worker.cleanup.enabled=true"
if [[ -n $gpu_script ]]; then
    SPARK_WORKER_OPTS+=" -Dspark.worker.resource.gpu.amount=1 -Dspark.worker.resource.gpu.discoveryScript=$gpu_script"
fi

# launch NAME CLASS ARGUMENT...: spark-class becomes the JVM, so its id is the JVM's
launch() {
    local name=$1
    shift
    local command=("$SPARK_HOME/bin/spark-class" "$@")
    if [[ -n $apart && $name == worker-* ]]; then
        # without a fork: unshare, bash and the JVM have one id after another
        command=(unshare --mount bash -c '. "$0"; inside "$@"' "$folder/inside.sh" "${name#worker-}" "${command[@]}")
    fi
    nohup "${command[@]}" >"$folder/$name.log" 2>&1 </dev/null &
    echo "$!" >>"$folder/pids"
}

# inside NUMBER COMMAND...: the command in a mount namespace of its own, its /tmp empty but for what is seen
inside() {
    local host=$folder/host-$1 path
    shift
    mkdir -p "$host/tmp/local" "$host/empty"
    chmod 1777 "$host/tmp"
    mount --make-rprivate /
    # first: what is seen may hold a hidden path
    for path in "${hidden[@]}"; do mount --bind "$host/empty" "$path"; done
    for path in "${seen[@]}"; do
        if [[ $path == /tmp/* ]]; then mkdir -p "$host$path" && mount --rbind "$path" "$host$path"; fi
    done
    mount --rbind "$host/tmp" /tmp
    cd /
    SPARK_LOCAL_DIRS=/tmp/local exec "$@"
}

# await NAME PATTERN: wait for a line of the log
await() {
    local tries
    for ((tries = 0; tries < 120; tries++)); do
        if grep -qE "$2" "$folder/$1.log" 2>/dev/null; then return; fi
        sleep 0.5
    done
    tail -n 15 "$folder/$1.log" >&2
    "$here/stop.sh" "$folder"
    stop "$1 was not up after 60 s; its log ends as above ($folder/$1.log)"
}

launch master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0
await master 'Starting Spark master at spark://'
url=$(sed -nE 's/.*Starting Spark master at (spark:\S+).*/\1/p' "$folder/master.log" | head -n 1)
if [[ -n $apart ]]; then
    [[ $(uname -s) == Linux && $EUID == 0 ]] || { "$here/stop.sh" "$folder"; stop "--apart needs Linux and root"; }
    declare -f inside >"$folder/inside.sh"
    declare -p folder seen hidden >>"$folder/inside.sh"
fi
for ((number = 1; number <= workers; number++)); do
    # a folder of its own for each: below /tmp it is another one in each namespace
    if [[ -n $apart ]]; then work=/tmp/work; else work=$folder/work-$number; fi
    launch "worker-$number" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --port 0 --webui-port 0 \
        --cores "$cores" --memory "$memory" --work-dir "$work" "$url"
done
for ((number = 1; number <= workers; number++)); do
    await "worker-$number" 'Successfully registered with master'
done
echo "$url" | tee "$folder/master.url"
