# shellcheck shell=bash
# A Docker engine of compose-test's own: installed, started, stopped. Uses data, keep, here of deploy/compose-test.
# shellcheck disable=SC2154

# attempt LOG WHAT COMMAND...: output to data/log/LOG.log; on failure one line and the end.
attempt() {
	local log=$data/log/$1.log what=$2
	shift 2
	"$@" >"$log" 2>&1 </dev/null 9>&- || die "$EX_UNAVAILABLE" "$what: $(last_line "$log") (more in $log)"
}

# The package would start an engine of the whole machine, which nobody asked for.
install_engine() {
	local policy=/usr/sbin/policy-rc.d mine=''
	step 'packages'
	if [ ! -e $policy ]; then
		mine=yes
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod +x $policy
	fi
	packages_install "$data/log/packages.log" docker.io debootstrap docker-compose iptables iproute2 curl "${PACKAGES_BACKUP[@]}"
	[ -z "$mine" ] || rm $policy
	step_done "$packages_added installed"
}

engine_answers() { docker version >/dev/null 2>&1; }

start_engine() {
	local note=started
	step 'Docker engine'
	if process_pid "$data/docker.pid" >/dev/null; then
		note=running
	else
		process_start "$data/docker.pid" "$data/log/dockerd.log" dockerd --host "$DOCKER_HOST" --data-root "$data/docker" \
			--exec-root "$data/exec" --pidfile "$data/dockerd.pid"
	fi
	process_await "$data/docker.pid" 30 engine_answers ||
		die "$EX_UNAVAILABLE" "dockerd did not start: $(last_line "$data/log/dockerd.log") (more in $data/log/dockerd.log)"
	step_done "$note, $(docker version --format '{{.Server.Version}}')"
}

# What was started, in the opposite order; nothing else.
finish() {
	local code=$?
	trap - EXIT
	if [ -z "$keep" ] && process_pid "$data/docker.pid" >/dev/null; then
		[ ! -e "$hub/docker-compose.yml" ] || compose --profile tools down --volumes --timeout 20 >"$data/log/down.log" 2>&1 || true
		[ ! -e "$data/far" ] || external_end >"$data/log/external-end.log" 2>&1 || true
		process_stop "$data/docker.pid" 30
		network_undo >"$data/log/network.log" 2>&1 || printf '  WRONG: the network is not as it was (more in %s)\n' "$data/log/network.log"
	fi
	exit "$code"
}
