#!/usr/bin/env bash
# One stage on a Kubernetes cluster: submit.sh STAGE ARGUMENTS..., with these set in the environment:
#   K8S_MASTER  the API server, k8s://https://HOST:PORT      K8S_IMAGE  the image of infra/docker
#   K8S_NAMESPACE  where the pods go (default: default)
#   K8S_CLAIM  the claim that driver and executors mount at /lake (default: interestlake); empty: a lake on an object store
# The stage embed asks for GPUs. DRY_RUN=1 prints the command, one word a line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
stage=${1:-}
if [[ -z $stage || ! -f jobs/$stage.py ]]; then
    echo "submit: found stage '$stage'; expected one of $(cd jobs && printf '%s ' *.py | sed 's/\.py//g')" >&2
    exit 2
fi
shift
for name in K8S_MASTER K8S_IMAGE; do
    if [[ -z ${!name:-} ]]; then echo "submit: $name is not set" >&2; exit 2; fi
done

call=(spark-submit --master "$K8S_MASTER" --properties-file infra/kubernetes/kubernetes.properties
    --name "interestlake-${stage//_/-}" --conf "spark.kubernetes.container.image=$K8S_IMAGE"
    --conf "spark.kubernetes.namespace=${K8S_NAMESPACE:-default}")
claim=${K8S_CLAIM-interestlake}
if [[ -n $claim ]]; then
    for process in driver executor; do
        volume=spark.kubernetes.$process.volumes.persistentVolumeClaim.lake
        call+=(--conf "$volume.options.claimName=$claim" --conf "$volume.mount.path=/lake")
    done
fi
if [[ $stage == embed ]]; then
    while read -r key value; do
        if [[ -n $key && $key != \#* ]]; then call+=(--conf "$key=$value"); fi
    done <infra/kubernetes/gpu.conf
fi
call+=("local:///opt/interestlake/jobs/$stage.py" --conf /opt/interestlake/conf "$@")
if [[ ${DRY_RUN:-} == 1 ]]; then printf '%s\n' "${call[@]}"; else exec "${call[@]}"; fi
