# shellcheck shell=bash
# What the distribution provides: installed only when missing.

# Java runs the broker, Maven fetches it. redis-tools holds the server's program too; the package redis-server would
# only add a service on port 6379 that nobody here asked for.
# shellcheck disable=SC2034 # used by those who source this file
PACKAGES_BROKER=(openjdk-17-jre-headless maven)
# shellcheck disable=SC2034
PACKAGES_REDIS=(redis-tools)
# shellcheck disable=SC2034
PACKAGES_BACKUP=(rsync)
# shellcheck disable=SC2034
PACKAGES_BUILD=(gcc libc6-dev cmake ninja-build pkg-config librdkafka-dev libhiredis-dev libisal-dev libevent-dev libavro-dev
	libjansson-dev libcmocka-dev libbsd-dev libjemalloc-dev libsodium-dev zlib1g-dev libcrypt-dev libcjose-dev libcurl4-openssl-dev
	libssl-dev esbuild)

# Only unpacked: installed they would begin to run as services.
# shellcheck disable=SC2034
PACKAGES_WATCH=(prometheus prometheus-node-exporter prometheus-blackbox-exporter)

package_installed() { # NAME
	[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]
}

# packages_install LOG NAME...: sets packages_added to the number that were missing.
packages_install() {
	local log=$1 name missing=()
	shift
	packages_added=0
	for name in "$@"; do
		package_installed "$name" || missing+=("$name")
	done
	[ "${#missing[@]}" -gt 0 ] || return 0
	command -v apt-get >/dev/null ||
		die "$EX_UNAVAILABLE" "missing: ${missing[*]}; this machine has no apt-get: install them by hand"
	[ "$(id -u)" = 0 ] ||
		die "$EX_NOPERM" "missing: ${missing[*]}; installing them needs root: sudo apt-get install ${missing[*]}"
	if ! logged "$log" packages_get "${missing[@]}"; then
		die "$EX_UNAVAILABLE" "apt-get could not install ${missing[*]}: $(packages_reason "$log") (more in $log)"
	fi
	# shellcheck disable=SC2034 # for the caller
	packages_added=${#missing[@]}
}

# packages_unpack LOG DIR NAME...: their files below DIR, once; needs root only where apt has no lists yet.
packages_unpack() {
	local log=$1 dir=$2
	shift 2
	[ "$(cat "$dir/names" 2>/dev/null)" != "$*" ] || return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	logged "$log" packages_unpack_into "$dir" "$@" ||
		die "$EX_UNAVAILABLE" "apt-get could not fetch $*: $(packages_reason "$log") (more in $log)"
	echo "$*" >"$dir/names"
}

packages_unpack_into() ( # DIR NAME...
	cd "$1" || exit
	shift
	packages_apt download "$@" || { packages_apt update && packages_apt download "$@"; } || exit
	for deb in *.deb; do
		dpkg-deb -x "$deb" . && rm "$deb" || exit
	done
)

packages_get() { # NAME...
	packages_apt update && packages_apt install -y --no-install-recommends "$@"
}

packages_apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

# The likely reason in apt's or Maven's own output.
packages_reason() { # LOG
	if grep -qi 'no space left\|not enough free space\|ENOSPC' "$1"; then
		echo "the disk is full"
	elif grep -qi 'could not resolve\|unknown host\|failed to fetch\|unable to connect\|connection refused\|transfer failed\|could not transfer\|cannot initiate the connection\|temporary failure' "$1"; then
		echo "no network, or the package servers do not answer"
	else
		echo "it failed"
	fi
}
