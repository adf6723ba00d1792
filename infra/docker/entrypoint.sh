#!/usr/bin/env bash
# What Spark on Kubernetes calls in a pod: `driver ...` or `executor`; anything else is run as it stands.
set -euo pipefail

# Spark hands the JVM options over as SPARK_JAVA_OPT_0, SPARK_JAVA_OPT_1, ...
java_options=()
for name in $(compgen -A variable SPARK_JAVA_OPT_ | sort -V || true); do java_options+=("${!name}"); done

case ${1:-} in
    driver)
        shift
        call=("$SPARK_HOME/bin/spark-submit" --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS"
            --conf "spark.executorEnv.SPARK_DRIVER_POD_IP=$SPARK_DRIVER_BIND_ADDRESS" --deploy-mode client "$@")
        ;;
    executor)
        call=("${JAVA_HOME:+$JAVA_HOME/bin/}java" "${java_options[@]}" "-Xms$SPARK_EXECUTOR_MEMORY" "-Xmx$SPARK_EXECUTOR_MEMORY"
            -cp "${SPARK_CLASSPATH:+$SPARK_CLASSPATH:}$SPARK_HOME/jars/*"
            org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend
            --driver-url "$SPARK_DRIVER_URL" --executor-id "$SPARK_EXECUTOR_ID" --cores "$SPARK_EXECUTOR_CORES"
            --app-id "$SPARK_APPLICATION_ID" --hostname "$SPARK_EXECUTOR_POD_IP"
            --resourceProfileId "$SPARK_RESOURCE_PROFILE_ID" --podName "$SPARK_EXECUTOR_POD_NAME")
        ;;
    "") echo "entrypoint: expected driver, executor or a command" >&2; exit 2 ;;
    *) call=("$@") ;;
esac
exec tini -s -- "${call[@]}"
