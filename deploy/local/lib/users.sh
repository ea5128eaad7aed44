# shellcheck shell=bash
# Users of the sample county's page, one of each role, with passwords of chance.
# shellcheck disable=SC2154 # data: set by who sources this file

# Role, organisation, consortium, name.
users_sample() {
	cat <<TEXT
control COUNTY 990121-A01 - 清溪县管理中心
lead HOSPITAL 990121-H01 - 人民医院转诊台
township HOSPITAL 990121-T04 - 白沙镇卫生院
consortium CONSORTIUM 990121-H01 QX-1 第一医共体
wall READ_ONLY 990121-A01 - 大屏
TEXT
}

# users_write PROGRAM FOLDER: FOLDER/users.json with hashes, FOLDER/passwords with "USER PASSWORD" lines; both only once, so that
# what a first run printed holds.
users_write() {
	local program=$1 folder=$2 user role org consortium name password hash more comma=''
	[ ! -e "$folder/users.json" ] || return 0
	(
		umask 077
		: >"$folder/passwords"
		printf '{"users": [' >"$folder/users.json.new"
		while read -r user role org consortium name; do
			password=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
			hash=$(printf '%s\n' "$password" | "$program" --hash-password) || exit
			more=
			[ "$consortium" = - ] || more=", \"consortium_id\": \"$consortium\""
			printf '%s\n  {"user": "%s", "name": "%s", "password": "%s", "role": "%s", "org_id": "%s"%s}' \
				"$comma" "$user" "$name" "$hash" "$role" "$org" "$more" >>"$folder/users.json.new"
			comma=,
			printf '%s %s\n' "$user" "$password" >>"$folder/passwords"
		done < <(users_sample)
		printf '\n]}\n' >>"$folder/users.json.new"
		mv "$folder/users.json.new" "$folder/users.json"
	)
}

users_password() { # FOLDER USER
	awk -v user="$2" '$1 == user { print $2 }' "$1/passwords"
}
