# shellcheck shell=bash
# What a Docker engine does to the network of its machine, noted before and undone at the end: its bridges, its rules of iptables,
# forwarding. Nothing is touched where another engine's rules were there before. Uses data of deploy/compose-test.
# shellcheck disable=SC2154

network_tables=(filter nat)

# Rules and chains that are an engine's: of its chains, or about one of its bridges.
network_rules() { # TABLE
	iptables -w 10 -t "$1" -S | grep -E '^-A .*(DOCKER|docker0|br-[0-9a-f]{12})' || true
}

# A run that was cut off, or kept its engine, has noted it already.
network_note() {
	local table
	[ ! -e "$data/network" ] || return 0
	{
		ip -o link show type bridge | awk -F': ' '{ print "bridge", $2 }'
		for table in "${network_tables[@]}"; do network_rules "$table" | sed "s/^/rule $table /"; done
		iptables -w 10 -S FORWARD | awk '$1 == "-P" { print "policy", $3 }'
		printf 'forward %s\n' "$(cat /proc/sys/net/ipv4/ip_forward)"
	} >"$data/network.new"
	mv "$data/network.new" "$data/network"
}

network_was() { # WHAT
	sed -n "s/^$1 //p" "$data/network"
}

network_undo() {
	local table bridge
	[ -e "$data/network" ] || return 0
	if [ -z "$(network_was rule)" ]; then
		for table in "${network_tables[@]}"; do network_undo_rules "$table"; done
		iptables -w 10 -P FORWARD "$(network_was policy)"
		[ "$(network_was forward)" = 1 ] || echo 0 >/proc/sys/net/ipv4/ip_forward
	fi
	for bridge in $(ip -o link show type bridge | awk -F': ' '{ print $2 }' | grep -E '^(docker0|br-[0-9a-f]{12})$'); do
		network_was bridge | grep -qx "$bridge" || ip link delete "$bridge"
	done
	rm "$data/network"
}

# First what refers to its chains, then these: a chain can go once it is empty and nobody jumps to it.
network_undo_rules() { # TABLE
	local rule chain words
	while read -r rule; do
		read -ra words <<<"${rule/#-A/-D}"
		iptables -w 10 -t "$1" "${words[@]}" || return
	done < <(network_rules "$1")
	for chain in $(iptables -w 10 -t "$1" -S | awk '$1 == "-N" && $2 ~ /^DOCKER/ { print $2 }'); do
		iptables -w 10 -t "$1" -F "$chain" && iptables -w 10 -t "$1" -X "$chain" || return
	done
}
