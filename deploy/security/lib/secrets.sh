# shellcheck shell=bash
# The folder of secrets: who has a folder in it, certificates, passwords, settings. Used by init, grant, new-hospital and
# remove-hospital; needs bash, coreutils and openssl.
# shellcheck disable=SC2034 # used by those who source this file

# shellcheck source-path=SCRIPTDIR source=../../local/lib/say.sh
# shellcheck disable=SC2154 # here: of who sources this
. "$here/../local/lib/say.sh"

EX_CONFIG=78

secrets=${SECURITY_SECRETS:-$here/../secrets}
days=${SECURITY_DAYS:-365} ca_days=3650 renew_days=30
kafka_names=${SECURITY_KAFKA_NAMES:-kafka,kafka-1,kafka-2,kafka-3,localhost,127.0.0.1}
redis_names=${SECURITY_REDIS_NAMES:-redis,redis-replica,localhost,127.0.0.1}
page_names=${SECURITY_PAGE_NAMES:-proxy,localhost,127.0.0.1}
seen=${SECURITY_SEEN:-}
redis_tls=${SECURITY_REDIS_TLS:-yes}

# Who has a folder here, besides hospitals; of these, who logs in with a password.
principals=(kafka redis proxy admin referral-router dashboard-gateway hubctl)
clients=(referral-router dashboard-gateway hubctl)

secrets_open() { # makes the folder when it is missing, and keeps others out of it
	command -v openssl >/dev/null || die "$EX_UNAVAILABLE" "openssl is missing (package openssl)"
	mkdir -p "$secrets" 2>/dev/null || die "$EX_CANTCREAT" "cannot make $secrets"
	secrets=$(cd "$secrets" && pwd)
	[ -w "$secrets" ] || die "$EX_NOPERM" "cannot write to $secrets"
	chmod 700 "$secrets"
	umask 077
	exec 8>"$secrets/.lock"
	flock 8
	work=$(mktemp -d) || die "$EX_CANTCREAT" "cannot make a temporary folder"
	trap 'rm -rf "$work"' EXIT
}

secrets_exist() {
	[ -e "$secrets/ca/ca.key" ] || die "$EX_CONFIG" "$secrets holds no authority yet: first deploy/security/init"
}

# The options of init that DIR was made with, a word each line. A run without them, e.g. on the host of containers, would write
# settings with other paths and take the folders away from those who read them. SECURITY_... of now goes before.
made_with() {
	local option value variable
	[ -e "$secrets/made-with" ] || return 0
	while read -r option value; do
		variable=${option#--} variable=${variable^^}
		variable=SECURITY_${variable//-/_}
		[ -n "${!variable:-}" ] || printf '%s\n' "$option" "$value"
	done <"$secrets/made-with"
}

remember_made_with() { # uses owners, too
	local principal
	{
		[ -z "$seen" ] || printf -- '--seen %s\n' "$seen"
		printf -- '--kafka-names %s\n--redis-names %s\n--page-names %s\n--redis-tls %s\n' "$kafka_names" "$redis_names" "$page_names" \
			"$redis_tls"
		for principal in "${!owners[@]}"; do printf -- '--owner %s=%s\n' "$principal" "${owners[$principal]}"; done | sort
	} | put_file "$secrets/made-with"
}

check_days() { # OPTION VALUE
	[[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || die "$EX_USAGE" "$1 $2: expected a number of days from 1 to 99999"
}

check_org() { # ORG
	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9_-]{0,54}$ ]] ||
		die "$EX_USAGE" "\"$1\" is no organisation's id: expected letters, digits, - and _, at most 55"
}

folder_of() { # PRINCIPAL
	case $1 in
	hospital-*) echo "$secrets/hospitals/${1#hospital-}" ;;
	*) echo "$secrets/$1" ;;
	esac
}

# Where a program finds its folder: the place of the folder itself, unless it is mounted somewhere.
seen_of() { # PRINCIPAL
	case $1 in
	admin) folder_of "$1" ;; # used where the secrets lie
	*) echo "${seen:-$(folder_of "$1")}" ;;
	esac
}

tell() { # one line on what was done
	echo "  $*"
}

# ---- certificates ----

run_openssl() { # COMMAND...: quiet; on failure one line
	openssl "$@" 2>"$work/openssl.log" ||
		die "$EX_SOFTWARE" "openssl $1: $(grep -v '^---' "$work/openssl.log" | tail -n 1)"
}

ends_at() { # CERTIFICATE
	openssl x509 -in "$1" -noout -enddate -dateopt iso_8601 | cut -d= -f2
}

make_authority() {
	local ca=$secrets/ca
	if [ -e "$ca/ca.crt" ]; then
		[ -e "$ca/ca.key" ] || die "$EX_CONFIG" "$ca/ca.key is missing: put it back, or move $secrets away to begin anew"
		return 0
	fi
	mkdir -p "$ca"
	cat >"$work/ca.cnf" <<-TEXT
		[req]
		distinguished_name = name
		x509_extensions = extensions
		prompt = no
		[name]
		CN = hub authority $(openssl rand -hex 4)
		[extensions]
		basicConstraints = critical, CA:true, pathlen:0
		keyUsage = critical, keyCertSign, cRLSign
		subjectKeyIdentifier = hash
	TEXT
	run_openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/ca.key"
	run_openssl req -x509 -new -key "$work/ca.key" -sha256 -days "$ca_days" -config "$work/ca.cnf" -out "$work/ca.crt"
	mv "$work/ca.key" "$ca/ca.key"
	mv "$work/ca.crt" "$ca/ca.crt"
	tell "authority: made, ends $(ends_at "$ca/ca.crt")"
}

# "DNS:kafka,IP:127.0.0.1" of "kafka,127.0.0.1"
alternative_names() { # NAMES
	tr -s ', ' '\n' <<<"$1" | sed -e '/^$/d' -e '/^[0-9.]*$\|:/s/^/IP:/' -e '/^IP:/!s/^/DNS:/' | paste -sd ,
}

# A server's certificate cannot be taken for a client's and the other way round: otherwise any hospital could pose as Redis.
usage_of() { # PRINCIPAL
	case $1 in
	kafka) echo "serverAuth, clientAuth" ;;
	redis | proxy) echo "serverAuth" ;;
	*) echo "clientAuth" ;;
	esac
}

names_of() { # PRINCIPAL
	case $1 in
	kafka) alternative_names "$kafka_names" ;;
	redis) alternative_names "$redis_names" ;;
	proxy) alternative_names "$page_names" ;;
	esac
}

# Why a new certificate is needed; empty when the one that is there will do.
certificate_lacks() { # PRINCIPAL
	local folder ca=$secrets/ca/ca.crt
	folder=$(folder_of "$1")
	if [ ! -e "$folder/tls.crt" ] || [ ! -e "$folder/tls.key" ]; then
		echo "made"
	elif ! openssl verify -no_check_time -CAfile "$ca" "$folder/tls.crt" >/dev/null 2>&1; then
		echo "made anew, since the old one came from another authority"
	elif ! openssl x509 -in "$folder/tls.crt" -noout -checkend $((renew_days * 86400)) >/dev/null; then
		echo "renewed"
	elif [ "$(cat "$folder/names" 2>/dev/null)" != "$(names_of "$1")" ]; then
		echo "made anew for other names"
	fi
}

issue_certificate() { # PRINCIPAL HOW
	local folder names
	folder=$(folder_of "$1") names=$(names_of "$1")
	mkdir -p "$folder"
	cat >"$work/extensions" <<-TEXT
		basicConstraints = critical, CA:false
		keyUsage = critical, digitalSignature
		extendedKeyUsage = $(usage_of "$1")
		${names:+subjectAltName = $names}
	TEXT
	printf '[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = %s\n' "$1" >"$work/request.cnf"
	run_openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/tls.key"
	run_openssl req -new -key "$work/tls.key" -config "$work/request.cnf" -out "$work/request"
	run_openssl x509 -req -in "$work/request" -CA "$secrets/ca/ca.crt" -CAkey "$secrets/ca/ca.key" \
		-set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$days" -extfile "$work/extensions" -out "$work/tls.crt"
	cat "$work/tls.key" "$work/tls.crt" >"$work/tls.pem"
	# The key first: with the old certificate it is no pair, and a run that was cut off here is repeated.
	rm -f "$folder/tls.crt"
	mv "$work/tls.key" "$work/tls.pem" "$folder/"
	printf '%s\n' "$names" >"$folder/names"
	mv "$work/tls.crt" "$folder/tls.crt"
	tell "$1: certificate $2, ends $(ends_at "$folder/tls.crt")"
}

make_certificate() { # PRINCIPAL
	local folder how
	folder=$(folder_of "$1") how=$(certificate_lacks "$1")
	[ -z "$how" ] || issue_certificate "$1" "$how"
	cp "$secrets/ca/ca.crt" "$folder/ca.crt"
}

# ---- passwords ----

make_password() { # FILE WHAT
	[ ! -s "$1" ] || return 0
	openssl rand -hex 24 >"$1.new"
	mv "$1.new" "$1"
	tell "$2: made"
}

digest() { # FILE: of what stands in its first line
	printf '%s' "$(head -n 1 "$1")" | openssl dgst -sha256 -r | cut -d' ' -f1
}

# Written only when it changes, so that who watches the file is not woken for nothing.
put_file() { # FILE, from standard input
	cat >"$work/put"
	if ! cmp -s "$work/put" "$1"; then
		mv "$work/put" "$1"
	fi
}

# A folder belongs to who uses it. Only root can give it away; anybody else keeps it.
give_to() { # FOLDER OWNER
	[ -z "$2" ] || chown -R "$2" "$1" || die "$EX_NOPERM" "cannot give $1 to $2: that needs root"
	chmod -R go-rwx "$1"
}
