#!/bin/bash
# kafka-run-class.sh CLASS [ARG...]: as Kafka's own, with its KAFKA_HEAP_OPTS, KAFKA_JVM_PERFORMANCE_OPTS,
# KAFKA_LOG4J_OPTS and KAFKA_OPTS.
log=${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=/etc/kafka/docker/tools-log4j2.yaml}
# shellcheck disable=SC2086 # options, several in a word
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_JVM_PERFORMANCE_OPTS:--XX:+UseG1GC} $log ${KAFKA_OPTS:-} -cp '/opt/kafka/libs/*' "$@"
