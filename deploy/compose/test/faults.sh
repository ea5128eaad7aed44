# shellcheck shell=bash
# What goes wrong and is mended: containers killed, an upgrade under load, Redis lost; and what it all weighs.
# shellcheck disable=SC2154

# Ready is asked of the daemons themselves, more often than the engine does.
daemons_ready() {
	docker exec "$(container referral-router)" healthy >/dev/null 2>&1 &&
		docker exec "$(container dashboard-gateway)" healthy >/dev/null 2>&1
}

runs_anew() { # SERVICE OLD-PID
	local pid
	pid=$(docker inspect -f '{{.State.Pid}}' "$(container "$1")")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

# As a crash: docker kill would be taken for an operator's wish, and nothing would start it again.
kill_service() { # SERVICE
	local pid began
	step "kill -9 $1"
	pid=$(docker inspect -f '{{.State.Pid}}' "$(container "$1")")
	began=$(date +%s%3N)
	kill -9 "$pid"
	expect "$1 is started again" await 30 runs_anew "$1" "$pid"
	local again
	again=$(say_seconds "$began")
	expect "$1 killed: the daemons are ready again" await 90 daemons_ready
	local ready
	ready=$(say_seconds "$began")
	expect "$1 killed: all is healthy again" await 120 all_healthy
	step_done "runs after $again, daemons ready after $ready"
}

part_kill() {
	local service
	for service in $(long_services); do
		kill_service "$service"
	done
	check_audit
}

# The same program under a new tag, while events come: each daemon is recreated in turn.
part_upgrade() {
	local load service
	for service in referral-router dashboard-gateway proxy hubctl; do
		docker tag "hub-$service:0.1.0" "hub-$service:0.1.0-next"
	done
	step 'load: beds reported'
	start_load
	step_done "$(docker inspect -f '{{.State.Status}}' hub-load), 20 events a second"
	for service in referral-router dashboard-gateway proxy; do
		step "upgrade of $service"
		HUB_VERSION=0.1.0-next attempt upgrade "upgrade of $service" compose up -d --no-deps "$service"
		expect "$service is healthy after its upgrade" await 60 is_healthy "$service"
		step_done "$(docker inspect -f '{{.Config.Image}}' "$(container "$service")")"
	done
	step 'load stops'
	load=$(stop_load)
	step_done "$load"
	check_audit
	for service in referral-router dashboard-gateway proxy; do
		attempt downgrade "downgrade of $service" compose up -d --no-deps "$service"
		expect "$service is healthy after its downgrade" await 60 is_healthy "$service"
	done
}

# Events for as long as it runs: one hospital reports its free beds again and again.
start_load() {
	# shellcheck disable=SC2016 # expanded in the container
	attempt load 'the load' compose run -d --no-deps --name hub-load hubctl bash -c '
		head='\''"record":"BedsReported","county_id":"990121","consortium_id":"QX-1","source_org_id":"990121-H01","org_id":"990121-H01","bed_kind":"GENERAL","total":500'\''
		end=
		trap "end=yes" TERM
		exec 3> >(exec hubctl send -)
		sender=$!
		for ((n = 1; ; n++)); do
			[ -z "$end" ] || break
			now=$(date +%s%3N)
			printf "{%s,\"event_id\":\"load-%d\",\"occurred_at\":%d,\"revision\":%d,\"free\":%d}\n" "$head" "$now" "$now" "$now" $((n % 40)) >&3
			sleep 0.05
		done
		exec 3>&-
		wait $sender'
}

# Prints how many events it sent.
stop_load() {
	docker stop -t 20 hub-load >/dev/null
	docker logs hub-load >"$data/log/load-sent.log" 2>&1
	docker rm -f hub-load >/dev/null
	last_line "$data/log/load-sent.log"
}

# Redis is lost with its volume: nothing is missing, the hot state comes from Kafka.
part_restore() {
	step 'Redis lost with its volume'
	attempt redis-lost 'Redis could not be removed' compose rm --stop --force --volumes redis
	docker volume rm hub_redis >/dev/null
	attempt redis-back 'Redis could not be made anew' compose up -d --no-deps redis
	expect 'the hot state is whole again' await 90 hot_state_whole
	step_done "$(grep -o 'Redis is level.*' "$data/log/status.log")"
}

# The only broker loses its volume: what a back-up brings back.
part_backup() {
	step 'back-up'
	rm -rf "$data/backup"
	attempt backup 'the back-up' "$hub/deploy/backup" --to "$data/backup" --compose
	expect 'the daemons are ready after the back-up' await 90 daemons_ready
	step_done "$(du -sh "$data/backup" | cut -f 1)"
	step 'events since, twice'
	save_an_event 1
	save_an_event 2
	step_done "$(last_line "$data/log/backup-events.log" | tr -s ' ' | cut -c -58)"
	step 'Kafka lost with its volume'
	attempt kafka-lost 'Kafka could not be removed' compose rm --stop --force --volumes kafka
	docker volume rm hub_kafka >/dev/null
	attempt restore 'the restore' "$hub/deploy/restore" --from "$data/backup" --compose
	expect 'all is healthy after the restore' await 180 all_healthy
	expect 'the saved events are there again' saved_events_there
	step_done "restored from the back-up, daemons ready"
	check_audit
}

# What came after the back-up is saved by itself; the second time with what came since.
save_an_event() { # NUMBER
	local now
	now=$(date +%s%3N)
	printf '{%s,"event_id":"after-backup-%d","occurred_at":%d,"revision":%d,"free":%d}\n' \
		'"record":"BedsReported","county_id":"990121","consortium_id":"QX-1","source_org_id":"990121-H01","org_id":"990121-H01","bed_kind":"GENERAL","total":500' \
		"$1" "$now" "$now" "$1" | compose run --rm -T hubctl send - >"$data/log/event-$1.log" 2>&1
	attempt backup-events 'the back-up of events' "$hub/deploy/backup" events --to "$data/backup" --compose
}

# They were in no back-up of Kafka's data.
saved_events_there() {
	hubctl tail referral.events --last 50 --json >"$data/log/saved-events.log" 2>&1 &&
		grep -q '"after-backup-1"' "$data/log/saved-events.log" && grep -q '"after-backup-2"' "$data/log/saved-events.log"
}

hot_state_whole() { hubctl status >"$data/log/status.log" 2>&1; }

# Resident memory of the hub's containers, the broker apart.
part_memory() {
	printf '\n  memory:\n'
	docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' | sort | awk '{ printf "    %-32s %s\n", $1, $2 }'
}

# The hub with three brokers, anew: under load each broker is killed, and one loses its volume; decisions go on.
part_three() {
	local broker
	step 'three brokers: up -d'
	attempt three-down 'the hub of one broker' compose --profile tools down --volumes --timeout 20
	export COMPOSE_FILE=docker-compose.yml:deploy/compose/three.yml
	attempt three-up 'docker compose up -d' compose up -d
	expect 'three brokers: all is healthy' await 180 all_healthy
	step_done "$(long_services | wc -l) services healthy"
	start_load
	for broker in kafka kafka-2 kafka-3; do
		kill_service "$broker"
	done
	step 'kafka-3 lost with its volume'
	attempt broker-lost 'kafka-3 could not be removed' compose rm --stop --force kafka-3
	docker volume rm hub_kafka-3 >/dev/null
	expect 'decisions go on without kafka-3' load_is_answered
	attempt broker-back 'kafka-3 could not be made anew' compose up -d --no-deps kafka-3
	expect 'all is healthy again' await 120 all_healthy
	step_done 'decisions went on; it has copied from the others'
	step 'load stops'
	step_done "$(stop_load)"
	check_audit
	attempt three-end 'the hub of three brokers' compose --profile tools down --volumes --timeout 20
	unset COMPOSE_FILE
}

# What the load sends is decided while we look: the newest decision is younger than the question.
load_is_answered() {
	local now
	now=$(date +%s%3N)
	await 60 decided_after "$now"
}

decided_after() { # MS
	local newest
	newest=$(hubctl tail referral.decisions --last 20 --json 2>/dev/null |
		grep -o '"event_id":"load-[0-9]*' | grep -o '[0-9]*$' | sort -n | tail -n 1)
	[ -n "$newest" ] && [ "$newest" -gt "$1" ]
}
