# shellcheck shell=bash
# The hub that deploy/backup and deploy/restore are about: one of deploy/local, or one of docker compose. And what a folder of
# back-ups is: DIR/<time>/{kafka/<broker>/,secrets/,users/,manifest}, DIR/events/<time>.<record>.avro, DIR/events/next (how far
# they go).

# shellcheck disable=SC2034
SITE_USAGE="
  SITE: --data DIR   a hub of deploy/local/up (.hub)
        --compose    that of docker-compose.yml beside the README, as root"

# site_mounts: folders that hubctl reads or writes besides; in a container they are mounted under their own names.
site_data='' site_kind=local site_words=0 site_mounts=()
site_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# site_option WORD...: takes one of SITE's, sets site_words to how many words it was.
site_option() {
	case $1 in
	--data)
		[ -n "${2:-}" ] || die "$EX_USAGE" "$1 needs a value; try --help"
		site_data=$(realpath -m -- "$2") site_words=2
		;;
	--compose) site_kind=compose site_words=1 ;;
	*) die "$EX_USAGE" "unknown option $1; try --help" ;;
	esac
}

site_open() {
	site_data=${site_data:-$site_root/.hub}
	"site_${site_kind}_open"
}

site_prepare() { "site_${site_kind}_prepare"; }           # before a restore
site_brokers() { "site_${site_kind}_brokers"; }             # their names, a line each
site_broker_folder() { "site_${site_kind}_folder" "$1"; }   # BROKER: where its data lies
site_brokers_stop() { "site_${site_kind}_stop"; }           # those that run
site_brokers_start() { "site_${site_kind}_start"; }         # and wait until they serve
site_daemons_stop() { "site_${site_kind}_daemons_stop"; }
site_daemons_start() { "site_${site_kind}_daemons_start"; }
site_redis_start() { "site_${site_kind}_redis_start"; }
site_hubctl() { "site_${site_kind}_hubctl" "$@"; }          # as an administrator
site_small_files() { "site_${site_kind}_small_files" "$1"; } # BACK-UP: what is small and cannot be made again, into it
site_small_files_back() { "site_${site_kind}_small_files_back" "$1"; }

# ---- deploy/local

site_local_open() { :; }
site_local_prepare() { :; }

site_local_brokers() {
	[ ! -d "$site_data/kafka" ] || echo kafka
}

site_local_folder() {
	echo "$site_data/kafka/log"
}

site_local_stop() {
	site_running=
	! process_pid "$site_data/kafka/kafka.pid" >/dev/null || site_running=yes
	"$site_root/deploy/local/kafka" stop --data "$site_data"
}

# Where it listened, in its own settings; one that stood still before stays so.
site_local_address() {
	sed -n 's:^advertised.listeners=BROKER\://::p' "$site_data/kafka/server.properties"
}

site_local_start() {
	local address
	[ "${site_running-yes}" ] || return 0
	address=$(site_local_address)
	"$site_root/deploy/local/kafka" start --data "$site_data" --host "${address%:*}" --port "${address##*:}" >&2
}

site_local_hubctl() {
	local hubctl redis=()
	hubctl=$(command -v hubctl || echo "$site_root/build/release/services/hubctl/hubctl")
	[ ! -e "$site_data/redis.port" ] || redis=(HUB_REDIS_ADDRESS=127.0.0.1:"$(cat "$site_data/redis.port")")
	env HUB_KAFKA_BOOTSTRAP_SERVERS="$(site_local_address)" "${redis[@]}" "$hubctl" "$@"
}

site_local_daemons_stop() {
	local name
	for name in gateway router; do
		[ ! -e "$site_data/$name/$name.pid" ] || process_stop "$site_data/$name/$name.pid" 20
	done
}

site_local_daemons_start() {
	local sample=()
	[ -e "$site_data/day" ] || sample=(--no-sample)
	"$site_root/deploy/local/up" --data "$site_data" "${sample[@]}"
}

site_local_redis_start() {
	[ ! -e "$site_data/redis.port" ] ||
		"$site_root/deploy/local/redis" start --data "$site_data" --port "$(cat "$site_data/redis.port")"
}

site_local_names=(env day kafka.port redis.port router.port gateway.port gateway-admin.port gateway/users.json gateway/passwords
	kafka/server.properties)

site_local_small_files() {
	local name
	mkdir -p "$1/users"
	for name in "${site_local_names[@]}"; do
		[ ! -e "$site_data/$name" ] || (cd "$site_data" && cp --parents -p "$name" "$1/users/")
	done
}

# What is there is newer.
site_local_small_files_back() {
	mkdir -p "$site_data"
	cp -rnp "$1/users/." "$site_data/"
}

# ---- docker compose

# Which files: COMPOSE_FILE of .env, as for everybody.
compose() {
	(cd "$site_root" && $site_docker "$@" </dev/null)
}

site_compose_open() {
	[ "$(id -u)" = 0 ] || die "$EX_NOPERM" "the volumes of docker compose are root's"
	site_docker='docker compose'
	docker compose version >/dev/null 2>&1 || site_docker=docker-compose
	command -v "${site_docker%% *}" >/dev/null || die "$EX_UNAVAILABLE" "docker is missing"
}

# After a loss: containers, and volumes without anything in them.
site_compose_prepare() {
	compose up --no-start >/dev/null 2>&1 || die "$EX_UNAVAILABLE" "docker compose up --no-start failed"
}

site_compose_brokers() {
	compose config --services | grep -E '^kafka(-[0-9]+)?$' || true
}

site_compose_folder() { # BROKER
	docker inspect -f '{{range .Mounts}}{{if eq .Destination "/var/lib/kafka/data"}}{{.Source}}{{end}}{{end}}' \
		"$(compose ps -a -q "$1")"
}

site_compose_stop() {
	local brokers
	mapfile -t brokers < <(site_compose_brokers)
	site_running=
	[ -z "$(compose ps -q "${brokers[@]}")" ] || site_running=yes
	compose stop "${brokers[@]}" >/dev/null 2>&1
}

site_compose_start() {
	local brokers broker
	[ "${site_running-yes}" ] || return 0
	mapfile -t brokers < <(site_compose_brokers)
	compose start "${brokers[@]}" >/dev/null 2>&1
	for broker in "${brokers[@]}"; do site_compose_await "$broker"; done
}

site_compose_await() { # SERVICE
	local seconds=120
	until [ "$(docker inspect -f '{{.State.Health.Status}}' "$(compose ps -a -q "$1")")" = healthy ]; do
		[ "$seconds" -gt 0 ] || die "$EX_UNAVAILABLE" "$1 is not healthy after two minutes: docker compose logs $1"
		sleep 1
		seconds=$((seconds - 1))
	done
}

# The administrator: what hubctl itself may not do (writing to the topics of others) its certificate may.
site_compose_hubctl() {
	local folders=() each
	for each in "${site_mounts[@]}"; do folders+=(-v "$each:$each"); done
	compose run --rm -T --user 0:0 "${folders[@]}" -v "$site_root/deploy/secrets/admin:/admin:ro" \
		-e HUBCTL_KAFKA_BOOTSTRAP_SERVERS=kafka:9094 -e HUBCTL_KAFKA_SECURITY_PROTOCOL=ssl \
		-e HUBCTL_KAFKA_SSL_CA_LOCATION=/admin/ca.crt -e HUBCTL_KAFKA_SSL_CERTIFICATE_LOCATION=/admin/tls.crt \
		-e HUBCTL_KAFKA_SSL_KEY_LOCATION=/admin/tls.key hubctl "$@"
}

# With three brokers there is a second router; whichever goes on would write to a log that is being put back.
site_compose_daemons_stop() {
	local daemons
	mapfile -t daemons < <(compose config --services | grep -E '^(referral-router|dashboard-gateway)(-[0-9]+)?$')
	[ "${#daemons[@]}" -gt 0 ] || die "$EX_UNAVAILABLE" "docker compose config names no daemon"
	compose stop "${daemons[@]}" >/dev/null 2>&1
}

site_compose_daemons_start() {
	compose up -d
}

site_compose_redis_start() {
	compose start redis >/dev/null 2>&1
}

site_compose_small_files() {
	local name
	mkdir -p "$1/users"
	for name in .env deploy/secrets; do
		[ ! -e "$site_root/$name" ] || (cd "$site_root" && cp -a --parents "$name" "$1/users/")
	done
}

# Before the containers are made: they mount it.
site_compose_small_files_back() {
	cp -an "$1/users/." "$site_root/"
}

# ---- a folder of back-ups

backup_list() { # DIR: whole ones, oldest first
	local each
	for each in "$1"/*Z; do
		[ ! -e "$each/manifest" ] || echo "$each"
	done
}

backup_newest() { # DIR
	backup_list "$1" | tail -n 1
}

backup_time() { # NAME: 2026-11-29T170000Z -> 2026-11-29T17:00:00Z, as date reads it
	local name=${1##*/}
	echo "${name:0:13}:${name:13:2}:${name:15:3}"
}

# A file of events bears the time before its export began: what it does not hold of then came later. A back-up bears the time
# before its copying began, and the two never run at once; so one with an earlier time holds only what is in the back-up.
backup_is_before() { # FILE BACK-UP
	[[ ${1##*/} < ${2##*/} ]]
}

# What deploy/backup events saved that may not be in a back-up, oldest first.
backup_events() { # BACK-UP
	local each
	for each in "${1%/*}"/events/*.avro; do
		[ ! -e "$each" ] || backup_is_before "$each" "$1" || echo "$each"
	done
}

# The newest N stay, and the events that the oldest of them may need.
backup_prune() { # DIR N
	local all each oldest
	mapfile -t all < <(backup_list "$1")
	[ "${#all[@]}" -gt 0 ] || return 0
	oldest=$((${#all[@]} > $2 ? ${#all[@]} - $2 : 0))
	for each in "${all[@]:0:oldest}"; do rm -rf "$each"; done
	for each in "$1"/events/*.avro; do
		[ ! -e "$each" ] || ! backup_is_before "$each" "${all[oldest]}" || rm -f "$each"
	done
}

# An import has all of its files open at once. What was saved at one time stays together: it is merged by when it happened.
backup_portion=48
backup_in_portions() { # COMMAND FILE...: COMMAND PORTION... for each, until one fails
	local command=$1 portion=() together=() each time last=''
	for each in "${@:2}" ''; do
		time=${each##*/} time=${time%%.*}
		if [ "$time" != "$last" ]; then
			if [ "${#portion[@]}" -gt 0 ] && [ $((${#portion[@]} + ${#together[@]})) -gt "$backup_portion" ]; then
				"$command" "${portion[@]}" || return
				portion=()
			fi
			portion+=("${together[@]}") together=() last=$time
		fi
		together+=("$each")
	done
	[ "${#portion[@]}" = 0 ] || "$command" "${portion[@]}"
}
