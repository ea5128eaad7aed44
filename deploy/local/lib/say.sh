# shellcheck shell=bash
# What a person at the terminal sees: steps with their time, and one clear line when something is in the way.

# Exit codes, as in sysexits.h.
# shellcheck disable=SC2034 # used by those who source this file
EX_USAGE=64 EX_UNAVAILABLE=69 EX_SOFTWARE=70 EX_CANTCREAT=73 EX_NOPERM=77

say_start_ms=$(date +%s%3N)
say_step_ms=
say_step_text=

# die CODE TEXT: one line to standard error, then exit.
die() {
	local code=$1
	shift
	if [ -n "$say_step_ms" ] && [ -t 1 ]; then
		printf '\n'
	fi
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit "$code"
}

say_seconds() { # FROM_MS -> "12.3 s"
	local ms=$(($(date +%s%3N) - $1))
	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# step TEXT ... step_done [NOTE]: "  TEXT ........ NOTE  1.2 s"; what runs in between writes to a log, not here.
step() {
	say_step_text=$1
	say_step_ms=$(date +%s%3N)
	if [ -t 1 ]; then
		printf '  %-30s ...' "$say_step_text"
	fi
}

# step_progress TEXT: shown behind the step while it runs, on a terminal only.
step_progress() {
	if [ -n "$say_step_ms" ] && [ -t 1 ]; then
		printf '\r\033[K  %-30s ... %.60s' "$say_step_text" "$1"
	fi
}

# The last line of a file that says something.
last_line() { # FILE
	# shellcheck disable=SC2016 # sed's own dollar
	sed -n '/[^[:space:]]/h; ${g; p}' "$1" 2>/dev/null || true
}

# logged LOG COMMAND...: output to LOG, its newest line shown as progress; the command's exit code.
logged() {
	local log=$1 pid
	shift
	if ! [ -t 1 ]; then
		"$@" >"$log" 2>&1 </dev/null 9>&-
		return
	fi
	"$@" >"$log" 2>&1 </dev/null 9>&- &
	pid=$!
	# shellcheck disable=SC2064 # the pid of now; a command in the background does not hear Ctrl-C
	trap "kill $pid 2>/dev/null; exit 130" INT
	while kill -0 "$pid" 2>/dev/null; do
		step_progress "$(last_line "$log")"
		sleep 0.2
	done
	trap - INT
	wait "$pid"
}

step_done() {
	local back=
	if [ -t 1 ]; then
		back='\r\033[K'
	fi
	printf "$back"'  %-30s %-58s %8s\n' "$say_step_text" "${1:-}" "$(say_seconds "$say_step_ms")"
	say_step_ms=
}
