# shellcheck shell=bash
# The step of deploy/local/up that starts the dashboard gateway; uses the variables that up sets.
# shellcheck disable=SC2154

gateway_ready() {
	daemon_ready "$gateway_admin_port"
}

# The program or a file of the page is newer than what runs.
gateway_outdated() { # PROGRAM PIDFILE
	[ "$1" -nt "$2" ] || [ -n "$(find "$build/services/dashboard-gateway/web/page" -newer "$2" -print -quit)" ]
}

write_gateway_config() {
	cat <<TEXT
# written by deploy/local/up
kafka.bootstrap.servers = 127.0.0.1:$kafka_port
redis.address = 127.0.0.1:$redis_port
http.listen = 127.0.0.1:$http_port
admin.listen = 127.0.0.1:$gateway_admin_port
auth.users = $data/gateway/users.json
web.folder = $build/services/dashboard-gateway/web/page
TEXT
}

start_gateway() {
	local pid_file=$data/gateway/gateway.pid note=started program=$build/services/dashboard-gateway/http/hub-dashboard-gateway
	step 'dashboard-gateway'
	if process_pid "$pid_file" >/dev/null; then
		note=running
		if gateway_outdated "$program" "$pid_file"; then
			note=restarted
			process_stop "$pid_file" 10
		fi
	fi
	if [ "$note" != running ]; then
		port_claim "$http_port" 'the page' --http-port
		port_claim "$gateway_admin_port" 'the health of the gateway' --gateway-admin-port
		mkdir -p "$data/gateway"
		users_write "$program" "$data/gateway"
		write_gateway_config >"$data/gateway/gateway.conf"
		process_start "$pid_file" "$data/gateway/gateway.log" \
			env -i "PATH=$PATH" "$here/supervise" "$program" --config "$data/gateway/gateway.conf"
	fi
	if ! process_await "$pid_file" 60 gateway_ready; then
		die "$EX_UNAVAILABLE" "the gateway is not ready: $(last_line "$data/gateway/gateway.log") (more in $data/gateway/gateway.log)"
	fi
	[ -n "$sample" ] || note="$note, waits for reference data"
	step_done "$note, http://127.0.0.1:$http_port/"
}
