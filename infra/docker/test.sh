#!/usr/bin/env bash
# The image built without a daemon, by buildah in chroot isolation (as root), and tried as its README says: each command
# in a container of its own, of which nothing is left, as the image's user. Where no registry gives the base image, one
# like it is made of Debian and of this machine's Python. It takes some 25 GB below $WORK (default: /var/tmp) meanwhile.
#   KEEP=1 leaves store and mounted folders; PYTHON=/path/to/python3.11 says which Python a base is made of
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=infra/docker
name=interestlake-image-test
work=${WORK:-/var/tmp}/$name
linked=libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1,zlib1g

say() { printf 'image: %s\n' "$*" >&2; }
stop() { printf 'image: %s\n' "$@" >&2; exit 2; }
# chroot isolation lets no container find its own host name, which Spark looks up: the host's stands in its place
build() { buildah --root "$work/store" --runroot "$work/run" --storage-driver "$driver" "$@"; }

clean() {
    if [[ ${KEEP:-} == 1 ]]; then say "left in $work"; return; fi
    build rm --all >/dev/null 2>&1 || true
    rm -rf "$work"
}

# the base image's likeness: Debian's packages that its Python is linked with, and a Python below /usr/local
stand_in() {
    local python prefix root=$work/root
    python=${PYTHON:-python3.11}
    prefix=$("$python" -c 'import sys; print(sys.base_prefix)')
    [[ $("$python" --version) == 'Python 3.11.'* && $prefix != /usr ]] || stop "found $("$python" --version) in $prefix" \
        "expected a Python 3.11 that is not Debian's own, which puts packages elsewhere: PYTHON=/path/to/python3.11"
    command -v debootstrap >/dev/null || stop "no registry gives $base, and no debootstrap: apt-get install debootstrap"
    say "no registry gives $base; making one like it of Debian and the Python of $prefix"
    debootstrap --variant=minbase "--include=ca-certificates,$linked" "${base##*-}" "$root" >"$work/base.log" || {
        tail -n 5 "$work/base.log" >&2
        return 1
    }
    tar -C "$prefix" --exclude=site-packages --exclude=__pycache__ --exclude=python3.11/test --exclude='*.a' -cf - \
        bin/python3.11 include lib | tar -C "$root/usr/local" --no-same-owner -xf -
    # certificates that this machine has learned to trust
    cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$root/etc/pip.conf"
    chroot "$root" sh -c 'ldconfig && update-ca-certificates && cd /usr/local/bin && ln -s python3.11 python &&
        ln -s python3.11 python3 && python -m ensurepip --default-pip' >"$work/base.log" 2>&1 || {
        tail -n 5 "$work/base.log" >&2
        return 1
    }
    local container
    container=$(build from scratch)
    build copy -q "$container" "$root" / >/dev/null
    build config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    build commit -q "$container" "localhost/$name-base" >/dev/null
    build rm "$container" >/dev/null
    rm -rf "$root"
}

# a command as `docker run --rm` with the volumes of the README runs it
run() {
    local container code=0
    container=$(build from --pull-never "localhost/$name")
    build run --isolation chroot --network host --uts host "${volumes[@]}" "$container" -- "$entrypoint" "$@" || code=$?
    build rm "$container" >/dev/null
    return "$code"
}

expect() { [[ $1 == "$2" ]] || stop "$3: found '$1'; expected '$2'"; }

[[ $(id -u) == 0 ]] || stop "chroot isolation needs root"
command -v buildah >/dev/null || stop "no buildah: apt-get install buildah"
base=$(sed -nE 's/^FROM +([^ ]+).*/\1/p' $here/Dockerfile)
driver=vfs
if grep -qw overlay /proc/filesystems; then driver=overlay; fi
rm -rf "$work"
mkdir -p "$work/out/in" "$work/key"
trap clean EXIT

from=()
if ! timeout 60 buildah --root "$work/store" --runroot "$work/run" --storage-driver "$driver" pull -q \
    "docker.io/library/$base" >/dev/null 2>&1; then
    stand_in
    from=(--from "localhost/$name-base")
fi
say "building (packages and jars are fetched anew: some ten minutes)"
build build --isolation chroot --network host --uts host --ignorefile $here/Dockerfile.dockerignore --layers=false --pull-never \
    "${from[@]}" -f $here/Dockerfile -t "localhost/$name" . >"$work/build.log" 2>&1 || {
    tail -n 20 "$work/build.log" >&2
    stop "a step of the Dockerfile failed"
}
entrypoint=$(build inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' "localhost/$name")
expect "$(build inspect --type image --format '{{.OCIv1.Config.User}}' "localhost/$name")" 185 "user of the image"

# what a named volume takes over from the image
container=$(build from --pull-never "localhost/$name")
place=$(build mount "$container")
for folder in out home/spark/.config/interestlake; do
    expect "$(stat -c %u "$place/$folder")" 185 "owner of /$folder"
done
build rm "$container" >/dev/null
chown -R 185 "$work/out" "$work/key"

out=(-v "$work/out:/out") key=(-v "$work/key:/home/spark/.config/interestlake")
volumes=("${out[@]}" "${key[@]}")

expect "$(run id -u)" 185 "user of a command"
run interestlake --version
run interestlake doctor --lake /out/lake
{
    echo user,item,rating,timestamp
    for n in {1..60}; do echo "u$((n % 9)),i$((n * 7 % 11)),$((n % 5 + 1)),$((1700000000 + n))"; done
} >"$work/out/in/ratings.csv"
ratings=(--source table --mapping conf/mappings/ratings.yml --input /out/in --until prepare)
state() {
    find "$work/key" "$work/out/lake/silver" -type f \( -name '*.key' -o -name '*.parquet' \) -exec sha256sum {} + | sort
}

run interestlake run "${ratings[@]}" --lake /out/lake
made=$(state)
[[ $made == *pseudonym.key* ]] || stop "no key in the mounted folder"
run interestlake who --lake /out/lake --like u7 | tee "$work/who.txt"
run interestlake run "${ratings[@]}" --lake /out/lake
expect "$(state)" "$made" "key and tables after another container"
expect "$(run interestlake who --lake /out/lake --like u7)" "$(<"$work/who.txt")" "the person of the source's id u7"

volumes=("${out[@]}")
if run interestlake run "${ratings[@]}" --lake /out/lake --fresh 2>"$work/no-key.txt"; then
    stop "a run without the key's volume was not refused"
fi
grep -q 'pseudonym key: found .*no file' "$work/no-key.txt" || { tail -n 5 "$work/no-key.txt" >&2; stop "another refusal"; }
expect "$(state)" "$made" "key and tables after a run without the key"

run interestlake run --source sample --quick --users 60 --lake /out/sample
[[ -n $(find "$work/out/sample/reports" -name '*.html') ]] || stop "no report in the mounted folder"
say "key and lake outlive the containers; the image is as its README says"
