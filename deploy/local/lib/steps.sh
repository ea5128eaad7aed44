# shellcheck shell=bash
# The steps of deploy/local/up, each a function; they use the variables that up sets (data, ports, root, build).
# shellcheck disable=SC2154

# attempt LOG WHAT COMMAND...: output to data/log/LOG.log; on failure one line, with the command's own exit code.
attempt() {
	local log=$data/log/$1.log what=$2 code=0
	shift 2
	logged "$log" "$@" || code=$?
	[ "$code" = 0 ] || die "$code" "$what: $(last_line "$log") (more in $log)"
}

# The same for a script of ours, whose one line says it all.
delegate() { # LOG COMMAND...
	local log=$data/log/$1.log code=0 line
	shift
	logged "$log" "$@" || code=$?
	line=$(last_line "$log")
	[ "$code" = 0 ] || die "$code" "${line#*: }"
}

check_disk() { # MEGABYTES DIR
	local free
	free=$(df -Pm "$2" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] || die "$EX_CANTCREAT" "the disk of $2 is full: $free MB are free, $1 MB are needed"
}

install_packages() {
	step 'packages'
	packages_install "$data/log/packages.log" "${PACKAGES_BUILD[@]}" "${PACKAGES_BROKER[@]}" "${PACKAGES_REDIS[@]}"
	if [ "$packages_added" = 0 ]; then
		step_done 'nothing missing'
	else
		step_done "$packages_added installed"
	fi
}

build_programs() {
	step 'build'
	if [ ! -e "$build/build.ninja" ]; then
		(cd "$root" && attempt configure 'cmake could not configure' cmake --preset release)
	fi
	(cd "$root" && attempt build 'the build failed' \
		cmake --build --preset release --target hubctl hub-referral-router hub-dashboard-gateway sample-county)
	step_done "$(grep -c '^\[' "$data/log/build.log" || true) steps, build/release"
}

start_broker() {
	step 'Kafka'
	local note=running
	if ! process_pid "$data/kafka/kafka.pid" >/dev/null; then
		note=started
		step_progress 'fetching its jars'
		delegate kafka-jars "$here/kafka" jars
		step_progress 'starting'
		delegate kafka "$here/kafka" start --data "$data" --port "$kafka_port"
	fi
	step_done "$note, 127.0.0.1:$kafka_port"
}

start_redis() {
	step 'Redis'
	local note=running
	if ! process_pid "$data/redis/redis.pid" >/dev/null; then
		note=started
		delegate redis "$here/redis" start --data "$data" --port "$redis_port"
	fi
	step_done "$note, 127.0.0.1:$redis_port"
}

create_topics() {
	step 'topics'
	attempt topics 'the topics could not be created' hubctl topics create
	step_done "$(last_line "$data/log/topics.log")"
}

load_county() {
	step 'reference data'
	attempt registry 'the sample county could not be loaded' \
		hubctl registry load "$root"/services/sample-county/registry/*.json --timeout 60000
	step_done "$(last_line "$data/log/registry.log")"
}

# Ready; or, when no county is loaded here, waiting for one.
daemon_ready() { # ADMIN-PORT
	local reply
	{
		exec 8<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&8
	} 2>/dev/null || return 1
	IFS= read -r -t 2 -d '' reply <&8 || true # to the end of the reply
	exec 8>&-
	[[ $reply == HTTP/1.?' 200 '* || (-z $sample && $reply == *'the registry is empty'*) ]]
}

router_ready() {
	daemon_ready "$admin_port"
}

# Started anew when it runs with another clock, or the program has been built since.
start_router() { # CLOCK
	local clock=$1 pid_file=$data/router/router.pid note=started
	step "referral-router, clock=$clock"
	if process_pid "$pid_file" >/dev/null; then
		if [ "$(cat "$data/router/clock")" = "$clock" ] && ! [ "$build/services/referral-router/hub-referral-router" -nt "$pid_file" ]; then
			note=running
		else
			note=restarted
			process_stop "$pid_file" 15
		fi
	fi
	if [ "$note" != running ]; then
		port_claim "$admin_port" 'the router' --admin-port
		mkdir -p "$data/router"
		write_router_config "$clock" >"$data/router/router.conf"
		echo "$clock" >"$data/router/clock"
		process_start "$pid_file" "$data/router/router.log" \
			env -i "PATH=$PATH" "$here/supervise" \
			"$build/services/referral-router/hub-referral-router" --config "$data/router/router.conf"
	fi
	if ! process_await "$pid_file" 60 router_ready; then
		die "$EX_UNAVAILABLE" "the router is not ready: $(last_line "$data/router/router.log") (more in $data/router/router.log)"
	fi
	[ -n "$sample" ] || note="$note, waits for reference data"
	step_done "$note, http://127.0.0.1:$admin_port/readyz"
}

write_router_config() { # CLOCK
	cat <<TEXT
# written by deploy/local/up
kafka.bootstrap.servers = 127.0.0.1:$kafka_port
redis.address = 127.0.0.1:$redis_port
admin.listen = 127.0.0.1:$admin_port
clock = $1
TEXT
}

play_day() {
	step 'one working day'
	local day_file=$data/day result=$data/log/play.log code=0
	echo playing >"$day_file"
	# It shows how far the day is, and says itself what is in the way.
	sample-county play --kafka "127.0.0.1:$kafka_port" >"$result" 9>&- || code=$?
	[ "$code" = 0 ] || exit "$code"
	echo played >"$day_file"
	step_done "$(last_line "$result")"
}
