# shellcheck shell=bash
# The hub with a Kafka and a Redis that run elsewhere, as deploy/README.md tells it: here two containers outside of its project and
# network, at an address of the machine.
# shellcheck disable=SC2154

part_external() {
	local address
	step 'Kafka and Redis elsewhere'
	attempt external-down 'the hub before' compose --profile tools down --volumes --timeout 20
	address=$(ip -4 -o addr show docker0 | awk '{ sub("/.*", "", $4); print $4 }')
	[ -n "$address" ] || die "$EX_UNAVAILABLE" "docker0 has no address"
	export COMPOSE_FILE=docker-compose.yml:deploy/compose/external.yml HUB_KAFKA=$address:29093 HUB_REDIS=$address:26379
	attempt external-secrets 'the secrets' compose run --rm secrets
	touch "$data/far"
	attempt external-kafka 'Kafka elsewhere' external_kafka "$address"
	attempt external-redis 'Redis elsewhere' external_redis "$address"
	expect 'Kafka elsewhere is there' await 60 external_listens 29094
	attempt external-rights 'the rights' compose run --rm --no-deps rights bash /hub/deploy/security/grant --kafka "$address:29094"
	step_done "$(last_line "$data/log/external-rights.log")"
	step 'external: up -d'
	attempt external-up 'docker compose up -d' compose up -d
	expect 'external: all is healthy' await 120 all_healthy
	step_done "$(long_services | wc -l) services healthy: $(long_services | sort | tr '\n' ' ')"
	external_works
	attempt external-end 'the end' external_end
	attempt external-down 'the hub' compose --profile tools down --volumes --timeout 20
	unset COMPOSE_FILE HUB_KAFKA HUB_REDIS
}

# As deploy/security/README.md says, "In the compose file, and elsewhere".
external_kafka() { # ADDRESS
	docker rm -f hub-far-kafka >/dev/null 2>&1 || true
	docker run -d --name hub-far-kafka --env-file "$hub/deploy/compose/kafka.env" -e CLUSTER_ID=aHViLWVsc2V3aGVyZS0tLQ \
		-e KAFKA_HEAP_OPTS='-Xms512m -Xmx512m' -e KAFKA_NODE_ID=1 -e KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9095 \
		-e KAFKA_LISTENERS=CLIENT://:29093,BROKER://:29094,CONTROLLER://:9095 \
		-e "KAFKA_ADVERTISED_LISTENERS=CLIENT://$1:29093,BROKER://$1:29094" -e KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 \
		-e KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 -e KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 \
		-v "$hub/deploy/security/broker.properties:/mnt/shared/config/server.properties:ro" -v "$hub/deploy/secrets/kafka:/run/hub:ro" \
		-p "$1:29093:29093" -p "$1:29094:29094" "$(image_of kafka)"
}

external_redis() { # ADDRESS
	docker rm -f hub-far-redis >/dev/null 2>&1 || true
	docker run -d --name hub-far-redis -v "$hub/deploy/security/redis.conf:/etc/redis.conf:ro" -v "$hub/deploy/secrets/redis:/run/hub:ro" \
		-p "$1:26379:6379" "$(image_of redis)" redis-server /etc/redis.conf --maxmemory-policy noeviction
}

external_listens() { # PORT; asked within: Docker answers outside before anybody listens
	docker exec hub-far-kafka bash -c "exec 3<>/dev/tcp/localhost/$1" 2>/dev/null
}

external_works() {
	step 'external: events are decided'
	start_load
	expect 'what is sent is decided' load_is_answered
	step_done "$(stop_load)"
	expect 'the hot state is whole' await 60 hot_state_whole
	step 'external: Prometheus'
	expect 'Prometheus reaches all that it watches' await 90 targets_up
	step_done "$(grep -o '"health":"[a-z]*"' "$data/log/targets.json" | sort | uniq -c | tr -s ' \n' ' ')"
	check_audit
}

external_end() {
	docker rm -f --volumes hub-far-kafka hub-far-redis
	rm -f "$data/far"
}
