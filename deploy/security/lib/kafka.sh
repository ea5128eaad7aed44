# shellcheck shell=bash
# Users and rights in a running broker, with the administrator's certificate: by Kafka's own tools, or by hubctl. After
# lib/secrets.sh.
# shellcheck disable=SC2154

bootstrap=${SECURITY_KAFKA:-kafka:9094}
prefix=${HUB_TOPIC_PREFIX:-}
rights=$here/rights.kafka

# How Kafka's tools are run: what stands before "kafka-acls.sh". Each starts a Java; "hubctl" does it all in one go instead.
if [ -z "${SECURITY_KAFKA_TOOLS:-}" ]; then
	if [ -x /opt/kafka/bin/kafka-acls.sh ]; then
		SECURITY_KAFKA_TOOLS=/opt/kafka/bin/
	elif command -v kafka-acls.sh >/dev/null; then
		SECURITY_KAFKA_TOOLS=
	else
		SECURITY_KAFKA_TOOLS="$here/../local/kafka tool "
	fi
fi

# kafka_tool NAME ARGUMENT...: its output; on failure one line, which never holds a password: they are in files.
kafka_tool() {
	local command
	read -ra command <<<"$SECURITY_KAFKA_TOOLS$1"
	shift
	KAFKA_HEAP_OPTS=-Xmx192m KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1" \
		"${command[@]}" "$@" --bootstrap-server "$bootstrap" --command-config "$secrets/admin/admin.properties" >"$work/tool.log" 2>&1 8>&- </dev/null ||
		die "$EX_UNAVAILABLE" "Kafka at $bootstrap: $(tool_reason)"
	cat "$work/tool.log"
}

# The cause among a tool's lines: a stack of exceptions begins with it, or it stands behind "Caused by".
tool_reason() {
	local line
	line=$(grep -E -m 1 'SSLHandshakeException|SslAuthenticationException|AuthorizationException|TimeoutException|ConfigException|No resolvable|Exception:' \
		"$work/tool.log" || grep -m 1 . "$work/tool.log" || echo "its tool said nothing")
	sed -E 's/^(Caused by: |Error while executing [a-z ]*: )?([a-z]+\.)+//' <<<"$line"
}

by_hubctl() { [ "$SECURITY_KAFKA_TOOLS" = hubctl ]; }

# kafka_hubctl ARGUMENT...: as kafka_tool.
kafka_hubctl() {
	env -u HUBCTL_CONFIG HUBCTL_KAFKA_BOOTSTRAP_SERVERS="$bootstrap" HUBCTL_KAFKA_SECURITY_PROTOCOL=ssl \
		HUBCTL_KAFKA_SSL_CA_LOCATION="$secrets/admin/ca.crt" HUBCTL_KAFKA_SSL_CERTIFICATE_LOCATION="$secrets/admin/tls.crt" \
		HUBCTL_KAFKA_SSL_KEY_LOCATION="$secrets/admin/tls.key" hubctl "$@" --timeout 30000 >"$work/tool.log" 2>"$work/tool.err" 8>&- </dev/null ||
		die "$EX_UNAVAILABLE" "Kafka at $bootstrap: $(sed 's/^hubctl: //' "$work/tool.err" | head -n 1)"
	cat "$work/tool.log"
}

# With hubctl what is to be done is gathered first, and what is said about it.
gather() { # LINE-OF-A-CHANGE
	echo "$*" >>"$work/batch"
}

say_done() { # one line on what was done, or will have been done
	if by_hubctl; then echo "$*" >>"$work/said"; else tell "$*"; fi
}

# Does what was gathered; by Kafka's tools it has been done.
kafka_settle() {
	local principal
	[ -s "$work/batch" ] || return 0
	kafka_hubctl access change "$work/batch" >/dev/null
	[ ! -e "$work/told" ] || while read -r principal; do user_was_told "$principal"; done <"$work/told"
	while read -r principal; do tell "$principal"; done <"$work/said"
}

# ---- users ----

user_is_known() { # PRINCIPAL; asks once
	[ -e "$work/users" ] || kafka_tool kafka-configs.sh --describe --entity-type users |
		sed -n "s/.*user-principal '\([^']*\)' .*SCRAM-SHA-512.*/\1/p" >"$work/users"
	grep -qxF "$1" "$work/users"
}

# The broker keeps no password that could be compared: what it was last told is known by its digest.
user_was_told() { # PRINCIPAL
	mkdir -p "$secrets/admin/known"
	digest "$(folder_of "$1")/kafka.password" >"$secrets/admin/known/$1"
}

user_put() { # PRINCIPAL
	local file known=$secrets/admin/known
	file=$(folder_of "$1")/kafka.password
	[ -s "$file" ] || die "$EX_CONFIG" "$file is missing: deploy/security/init makes it"
	if [ -z "${force:-}" ] && [ "$(cat "$known/$1" 2>/dev/null)" = "$(digest "$file")" ] && user_is_known "$1"; then
		return 0
	fi
	say_done "$1: user and password set"
	if by_hubctl; then
		gather user "$1" "$file"
		echo "$1" >>"$work/told"
		return 0
	fi
	printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$(head -n 1 "$file")" >"$work/user.properties"
	kafka_tool kafka-configs.sh --alter --entity-type users --entity-name "$1" --add-config-file "$work/user.properties" \
		>/dev/null
	rm -f "$work/user.properties"
	user_was_told "$1"
}

user_remove() { # PRINCIPAL
	rm -f "$secrets/admin/known/$1"
	user_is_known "$1" || return 0
	if by_hubctl; then
		gather no-user "$1"
	else
		kafka_tool kafka-configs.sh --alter --entity-type users --entity-name "$1" --delete-config SCRAM-SHA-512 >/dev/null
	fi
	say_done "$1: user removed"
}

# ---- rights: lines of "PRINCIPAL KIND PATTERN NAME OPERATION" ----

rights_known() {
	kafka_tool kafka-acls.sh --list | awk '
		/^Current ACLs/ {
			match($0, /resourceType=[A-Z_]+/); kind = substr($0, RSTART + 13, RLENGTH - 13)
			match($0, /name=.*, patternType=/); name = substr($0, RSTART + 5, RLENGTH - 19)
			match($0, /patternType=[A-Z]+/); pattern = substr($0, RSTART + 12, RLENGTH - 12)
		}
		/principal=User:/ {
			match($0, /principal=User:[^,]*/); principal = substr($0, RSTART + 15, RLENGTH - 15)
			match($0, /operation=[A-Z_]+/); print principal, kind, pattern, name, substr($0, RSTART + 10, RLENGTH - 10)
		}' | sort -u
}

# What the table gives to PRINCIPAL; for a hospital, what it gives to hospital-ORG. Names get the prefix of this hub, but the
# one that hubctl uses in every hub.
rights_wanted() { # PRINCIPAL
	awk -v principal="$1" -v prefix="$prefix" '
		/^[ \t]*(#|$)/ { next }
		NF < 4 { printf "%s:%d: expected PRINCIPAL KIND NAME OPERATION...\n", FILENAME, FNR > "/dev/stderr"; exit 1 }
		$1 == principal || ($1 == "hospital-ORG" && principal ~ /^hospital-/) {
			name = $3
			gsub(/hospital-ORG/, principal, name)
			pattern = sub(/\*$/, "", name) ? "PREFIXED" : "LITERAL"
			if (name != "hubctl-registry-load")
				name = prefix name
			kind = toupper($2)
			gsub(/-/, "_", kind)
			for (i = 4; i <= NF; i++) {
				operation = $i
				gsub(/[A-Z]/, "_&", operation)
				print principal, kind, pattern, name, toupper(substr(operation, 2))
			}
		}' "$rights" | sort -u
}

# rights_change --add|--remove, lines from standard input. Each call of the tool starts a Java of its own: what goes together, an
# operation on several things, or several operations on the same, is one call.
rights_change() {
	local principal operations pattern resources line word flags
	if by_hubctl; then
		sed "s/^/$([ "$1" = --add ] && echo give || echo take) /" >>"$work/batch"
		return 0
	fi
	awk '
		{ things[$1 " " $3 " " $5] = things[$1 " " $3 " " $5] " " $2 "=" $4 }
		END {
			for (key in things) {
				split(key, part, " ")
				call = part[1] " " part[2] things[key]
				operations[call] = operations[call] "," part[3]
			}
			for (call in operations)
				print operations[call], call
		}' < <(sort) | sort >"$work/changes"
	while read -r line; do
		read -r operations principal pattern resources <<<"$line"
		flags=("$1" --allow-principal "User:$principal" --resource-pattern-type "${pattern,,}")
		[ "$1" = --add ] || flags+=(--force)
		# shellcheck disable=SC2086 # words
		for word in ${operations//,/ }; do flags+=(--operation "$(operation_word "$word")"); done
		for word in $resources; do
			case $word in
			TOPIC=*) flags+=(--topic "${word#*=}") ;;
			GROUP=*) flags+=(--group "${word#*=}") ;;
			TRANSACTIONAL_ID=*) flags+=(--transactional-id "${word#*=}") ;;
			CLUSTER=*) flags+=(--cluster) ;;
			*) die "$EX_CONFIG" "$rights: there is no kind ${word%%=*}" ;;
			esac
		done
		kafka_tool kafka-acls.sh "${flags[@]}" >/dev/null
	done <"$work/changes"
}

# DESCRIBE_CONFIGS: DescribeConfigs
operation_word() {
	awk -F_ '{ for (i = 1; i <= NF; i++) printf "%s%s", substr($i, 1, 1), tolower(substr($i, 2)); print "" }' <<<"$1"
}

# The rights that PRINCIPAL has become those of the table, no more and no fewer.
rights_put() { # PRINCIPAL
	local gone new
	rights_wanted "$1" >"$work/wanted" || die "$EX_CONFIG" "$rights cannot be read"
	[ -s "$work/wanted" ] || die "$EX_CONFIG" "$rights gives nothing to $1"
	awk -v principal="$1" '$1 == principal' "$work/rights" >"$work/known"
	comm -23 "$work/wanted" "$work/known" >"$work/new"
	comm -13 "$work/wanted" "$work/known" >"$work/gone"
	new=$(wc -l <"$work/new") gone=$(wc -l <"$work/gone")
	rights_change --add <"$work/new"
	rights_change --remove <"$work/gone"
	[ $((new + gone)) = 0 ] || say_done "$1: $new rights given, $gone taken back"
}

rights_remove() { # PRINCIPAL
	awk -v principal="$1" '$1 == principal' "$work/rights" >"$work/gone"
	rights_change --remove <"$work/gone"
	say_done "$1: $(wc -l <"$work/gone") rights taken back"
}

# What the broker has now; before any of the above.
kafka_look() {
	[ -e "$secrets/admin/admin.properties" ] || die "$EX_CONFIG" "$secrets holds no administrator: first deploy/security/init"
	if by_hubctl; then
		kafka_hubctl access list >"$work/access"
		sed -n 's/^user //p' "$work/access" >"$work/users"
		sed -n 's/^right //p' "$work/access" | sort -u >"$work/rights"
	else
		rights_known >"$work/rights"
	fi
}
