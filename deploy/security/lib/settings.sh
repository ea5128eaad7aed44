# shellcheck shell=bash
# The files that programs read: settings of our own, of Kafka's tools, of hospitals' clients, Redis' users. After lib/secrets.sh.
# shellcheck disable=SC2154

write_client_settings() { # PRINCIPAL
	local at
	at=$(seen_of "$1")
	cat <<-TEXT
		# written by deploy/security/init: how $1 is known to Kafka and Redis. Addresses and the rest come from the environment.
		kafka.security.protocol = SASL_SSL
		kafka.sasl.mechanism = SCRAM-SHA-512
		kafka.sasl.username = $1
		kafka.sasl.password.file = $at/kafka.password
		kafka.ssl.ca.location = $at/ca.crt
		kafka.ssl.certificate.location = $at/tls.crt
		kafka.ssl.key.location = $at/tls.key
		redis.username = $1
		redis.password.file = $at/redis.password
	TEXT
	[ "$redis_tls" = no ] || printf 'redis.tls = true\nredis.tls.ca = %s/ca.crt\n' "$at"
}

# For Kafka's tools: TLS with the administrator's certificate, at a broker's listener BROKER.
write_admin_settings() {
	local at
	at=$(seen_of admin)
	cat <<-TEXT
		# written by deploy/security/init: Kafka's tools with the administrator's certificate
		security.protocol=SSL
		ssl.keystore.type=PEM
		ssl.keystore.location=$at/tls.pem
		ssl.truststore.type=PEM
		ssl.truststore.location=$at/ca.crt
		default.api.timeout.ms=30000
		request.timeout.ms=15000
	TEXT
}

# ---- a hospital's client; the files lie where it puts them ----

write_java_client() { # PRINCIPAL SERVERS PLACE
	cat <<-TEXT
		# Kafka's Java client, for $1. Holds a password: for its reader's eyes only.
		bootstrap.servers=$2
		security.protocol=SASL_SSL
		sasl.mechanism=SCRAM-SHA-512
		sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="$1" password="$(head -n 1 "$(folder_of "$1")/kafka.password")";
		ssl.truststore.type=PEM
		ssl.truststore.location=$3/ca.crt
		ssl.keystore.type=PEM
		ssl.keystore.location=$3/tls.pem
		# What a hospital says is written once, and what was taken back is not read.
		acks=all
		enable.idempotence=true
		isolation.level=read_committed
		group.id=$1
	TEXT
}

write_librdkafka_client() { # PRINCIPAL SERVERS PLACE
	cat <<-TEXT
		# librdkafka (C, Python, Node, Go, .NET), for $1. Holds a password: for its reader's eyes only.
		bootstrap.servers=$2
		security.protocol=SASL_SSL
		sasl.mechanism=SCRAM-SHA-512
		sasl.username=$1
		sasl.password=$(head -n 1 "$(folder_of "$1")/kafka.password")
		ssl.ca.location=$3/ca.crt
		ssl.certificate.location=$3/tls.crt
		ssl.key.location=$3/tls.key
		ssl.endpoint.identification.algorithm=https
		# What a hospital says is written once, to the partition that Java's client would choose.
		acks=all
		enable.idempotence=true
		partitioner=murmur2_random
		isolation.level=read_committed
		group.id=$1
	TEXT
}

# ---- Redis ----

# Users of rights.redis that log in from a folder of their own; the others' passwords lie in Redis' own folder.
redis_password_of() { # USER
	case $1 in
	replica | health) echo "$secrets/redis/$1.password" ;;
	*) echo "$(folder_of "$1")/redis.password" ;;
	esac
}

redis_users() {
	awk '!/^[ \t]*(#|$)/ { print $1 }' "$here/rights.redis"
}

# Passwords as their digests, so that the file gives nobody one.
write_redis_users() {
	local user keys commands
	echo 'user default off nopass resetkeys resetchannels -@all'
	while read -r user keys commands; do
		[ "$keys" != - ] || keys=resetkeys
		echo "user $user on #$(digest "$(redis_password_of "$user")") $keys resetchannels -@all $commands"
	done < <(awk '!/^[ \t]*(#|$)/' "$here/rights.redis")
}

# A replica shows this to the Redis that it follows.
write_redis_replica() {
	printf '# written by deploy/security/init\nmasteruser replica\nmasterauth %s\n' "$(head -n 1 "$secrets/redis/replica.password")"
}
