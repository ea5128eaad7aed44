# shellcheck shell=bash
# What an operator does: reads the file with both Composes, up, the sample day, the page. Uses variables of deploy/compose-test.
# shellcheck disable=SC2154

wrong=()
# expect WHAT COMMAND...: what is not so is named at the end, and the run goes on.
expect() {
	local what=$1
	shift
	"$@" || {
		wrong+=("$what")
		printf '  WRONG: %s\n' "$what"
	}
}

conclude() {
	[ "${#wrong[@]}" = 0 ] || die 1 "${#wrong[@]} wrong: ${wrong[*]}"
	printf '\n  all as it should be, in %s\n' "$(say_seconds "$say_start_ms")"
}

health() { # SERVICE -> healthy, starting, unhealthy, exited, ...
	docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$(container "$1")" 2>/dev/null
}

container() { # SERVICE
	docker ps -aq --filter "label=com.docker.compose.project=hub" --filter "label=com.docker.compose.service=$1" \
		--filter label=com.docker.compose.oneoff=False | head -n 1
}

is_healthy() { [ "$(health "$1")" = healthy ]; }

# await SECONDS COMMAND...
await() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.2
	done
}

# Services that are to be healthy: those with a health check that run for long.
long_services() {
	local service
	for service in $(compose config --services); do
		case $service in setup | secrets | rights | hubctl) ;; *) printf '%s\n' "$service" ;; esac
	done
}

all_healthy() {
	local service
	for service in $(long_services); do
		is_healthy "$service" || return 1
	done
}

part_config() {
	local files version
	for files in docker-compose.yml docker-compose.yml:deploy/compose/three.yml docker-compose.yml:deploy/compose/external.yml; do
		step "config ${files##*/}"
		(cd "$hub" && COMPOSE_FILE=$files HUB_KAFKA=k:9092 HUB_REDIS=r:6379 attempt config-1 "Compose 1.29 cannot read $files" \
			docker-compose config --quiet)
		COMPOSE_FILE=$files HUB_KAFKA=k:9092 HUB_REDIS=r:6379 attempt config-2 "Compose 2 cannot read $files" compose config --quiet
		step_done 'read by 1.29 and 2'
	done
	version=$(docker-compose version --short)
	printf '  Compose %s and %s\n' "$version" "$(compose version --short)"
}

part_up() {
	step 'up -d'
	attempt up 'docker compose up -d' compose up -d
	step_done "$(compose logs --no-log-prefix setup | sed 's:\x1b\[[0-9]*[A-Z]::g' | grep -v '^ *$' | tail -n 2 | tr '\n' ' ' | cut -c -58)"
	step 'healthy'
	await 120 all_healthy || {
		compose ps -a
		die 1 "not healthy after 120 s: $(for s in $(long_services); do printf '%s=%s ' "$s" "$(health "$s")"; done)"
	}
	step_done "$(long_services | wc -l) services"
}

hubctl() { compose run --rm -T hubctl "$@" </dev/null; }

part_day() {
	step 'the sample day'
	HUB_CLOCK=stream attempt day-stream 'the router with clock=stream' compose up -d --no-deps referral-router
	expect 'the router is healthy with clock=stream' await 60 is_healthy referral-router
	attempt day 'the sample day' hubctl sample-county play
	attempt day-wall 'the router with clock=wall' compose up -d --no-deps referral-router
	expect 'the router is healthy with clock=wall' await 60 is_healthy referral-router
	step_done "$(last_line "$data/log/day.log")"
	attempt summary 'the summary' hubctl sample-county summary
	cat "$data/log/summary.log"
	check_audit
}

check_audit() {
	step 'hubctl audit'
	hubctl audit >"$data/log/audit.log" 2>&1 || expect 'hubctl audit finds nothing in doubt' false
	step_done "$(last_line "$data/log/audit.log")"
}

# Prometheus finds what it is to watch, and Grafana's files are whole.
part_watch() {
	step 'Prometheus'
	expect 'Prometheus reaches all that it watches' await 90 targets_up
	step_done "$(grep -o '"health":"[a-z]*"' "$data/log/targets.json" | sort | uniq -c | tr -s ' \n' ' ')"
	step 'Grafana'
	compose logs --no-log-prefix grafana >"$data/log/grafana.log" 2>&1
	step_done "$(grep -o 'stand-in, not Grafana\.' "$data/log/grafana.log" | head -n 1) $(grep -o 'Dashboards: .*' "$data/log/grafana.log" | tail -n 1)"
}

targets_up() {
	curl -fsS -o "$data/log/targets.json" http://127.0.0.1:9090/api/v1/targets && ! grep -q '"health":"\(down\|unknown\)"' "$data/log/targets.json"
}
