# shellcheck shell=bash
# The command line of deploy/local/kafka and deploy/local/redis: COMMAND [--data DIR] [--port N], and what else kafka knows.

# Sets command, data (absolute), port, join (absolute) and copies.
# shellcheck disable=SC2034 # they are for who sources this file
parse_command() {
	command=${1:-} data='' port='' join='' copies=1
	[ "$#" -eq 0 ] || shift
	while [ "$#" -gt 0 ]; do
		case $1 in
		--data | --port | --join | --copies) [ "$#" -ge 2 ] || die "$EX_USAGE" "$1 needs a value" ;;&
		--data) data=$(realpath -m -- "$2") ;;
		--port) port=$2 ;;
		--join) join=$(realpath -m -- "$2") ;;
		--copies) copies=$2 ;;
		*) die "$EX_USAGE" "unknown option $1; try --help" ;;
		esac
		shift 2
	done
}

needs() { # OPTION VALUE
	[ -n "$2" ] || die "$EX_USAGE" "$command needs $1"
}
