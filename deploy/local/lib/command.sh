# shellcheck shell=bash
# The command line of deploy/local/kafka and deploy/local/redis: COMMAND [--data DIR] [--port N] [--host ADDRESS], and what
# else kafka knows.

# Sets command, data (absolute), port, host, join (absolute), nodes, copies, secrets (absolute) and tls.
# shellcheck disable=SC2034 # they are for who sources this file
parse_command() {
	command=${1:-} data='' port='' host=127.0.0.1 join='' nodes='' copies=1 secrets='' tls=''
	[ "$#" -eq 0 ] || shift
	while [ "$#" -gt 0 ]; do
		case $1 in
		--data | --port | --host | --join | --nodes | --copies | --secure | --tls) [ "$#" -ge 2 ] || die "$EX_USAGE" "$1 needs a value" ;;&
		--data) data=$(realpath -m -- "$2") ;;
		--port) port=$2 ;;
		--host) host=$2 ;;
		--join) join=$(realpath -m -- "$2") ;;
		--nodes) nodes=$2 ;;
		--copies) copies=$2 ;;
		--secure) secrets=$(realpath -m -- "$2") ;;
		--tls) tls=$2 ;;
		*) die "$EX_USAGE" "unknown option $1; try --help" ;;
		esac
		shift 2
	done
}

needs() { # OPTION VALUE
	[ -n "$2" ] || die "$EX_USAGE" "$command needs $1"
}
