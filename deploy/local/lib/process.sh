# shellcheck shell=bash
# Processes that outlive the script, each known by a file "PID START": START is the kernel's start time of that pid
# (/proc/PID/stat, field 22), so that a pid which was given to another program since is never taken for ours.

# Nothing for one that has ended, also while nobody has collected it yet.
process_start_time() { # PID
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	stat=${stat##*) } # the name before it may hold blanks
	# shellcheck disable=SC2086 # the fields
	set -- $stat
	[[ $1 != [ZX] ]] || return 1
	printf '%s\n' "${20}"
}

# process_start PIDFILE LOG COMMAND...: in a session of its own, output to LOG (the former one is kept as LOG.old).
process_start() {
	local file=$1 log=$2 pid
	shift 2
	[ ! -e "$log" ] || mv -f "$log" "$log.old"
	setsid "$@" </dev/null >"$log" 2>&1 9>&- &
	pid=$!
	printf '%s %s\n' "$pid" "$(process_start_time "$pid")" >"$file"
	disown "$pid" 2>/dev/null || true
}

# Prints the pid when the process of PIDFILE runs; false otherwise.
process_pid() { # PIDFILE
	local pid start
	{ read -r pid start <"$1"; } 2>/dev/null || return 1
	[ -n "$start" ] && [ "$(process_start_time "$pid")" = "$start" ] || return 1
	printf '%s\n' "$pid"
}

# process_stop PIDFILE SECONDS: TERM, after SECONDS KILL; then the file goes. Nothing runs: nothing happens.
process_stop() {
	local pid tenths=$(($2 * 10))
	if pid=$(process_pid "$1"); then
		kill -TERM "$pid" 2>/dev/null || true
		while process_pid "$1" >/dev/null && [ "$tenths" -gt 0 ]; do
			sleep 0.1
			tenths=$((tenths - 1))
		done
		if process_pid "$1" >/dev/null; then
			kill -KILL -- "-$pid" 2>/dev/null || true # it leads a session: its children too
		fi
	fi
	rm -f "$1"
}

# process_await PIDFILE SECONDS COMMAND...: true once COMMAND succeeds, false when the process ends or the time is up.
process_await() {
	local file=$1 tenths=$(($2 * 10))
	shift 2
	until "$@"; do
		process_pid "$file" >/dev/null && [ "$tenths" -gt 0 ] || return 1
		sleep 0.1
		tenths=$((tenths - 1))
	done
}

# Does something listen on this port of loopback, or of another address of this machine?
port_taken() { # PORT [ADDRESS]
	(exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null
}

# Checks the shape of a port and that it is free; ends the script otherwise.
port_claim() { # PORT WHAT OPTION [ADDRESS]
	if ! [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] || [ "$1" -gt 65535 ]; then
		die "$EX_USAGE" "$3 $1: expected a port between 1 and 65535"
	fi
	if port_taken "$1" "${4:-127.0.0.1}"; then
		die "$EX_UNAVAILABLE" "port $1 for $2 is taken by another program; choose another with $3"
	fi
}
