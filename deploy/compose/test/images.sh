# shellcheck shell=bash
# Images: bases by debootstrap, stand-ins, the hub's own; and the two Composes. Uses data, hub, here, root of deploy/compose-test.
# shellcheck disable=SC2154

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

# As the real slim images: no manuals, no translations, also not of what is installed later.
slim() { # DIR
	cat >"$1/etc/dpkg/dpkg.cfg.d/docker" <<'TEXT'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
TEXT
	find "$1/usr/share/doc" -mindepth 2 -maxdepth 2 ! -name copyright -exec rm -rf '{}' +
	rm -rf "$1"/usr/share/{man,info,locale}/* "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*
}

debootstrap_base() { # SUITE
	local mirror dir=$data/base-$1
	# shellcheck disable=SC2016 # apt's own words
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
	rm -rf "$dir"
	debootstrap --variant=minbase "$1" "$dir" "${mirror%/}" || return
	slim "$dir"
	tar -C "$dir" -c . | docker import - "debian:$1-slim"
}

make_bases() {
	local suite
	step 'base images'
	for suite in trixie bookworm; do
		have_image "debian:$suite-slim" || attempt "base-$suite" "debootstrap $suite" debootstrap_base "$suite"
	done
	if [ ! -x "$DOCKER_CONFIG/cli-plugins/docker-compose" ]; then
		attempt compose-v2 'Compose v2 of Debian 13' fetch_compose
	fi
	step_done "debian:trixie-slim $(megabytes debian:trixie-slim)"
}

# Compose v2 is a plug-in of Debian 13's package; its one file runs here.
fetch_compose() {
	local dir=$data/base-trixie
	cp /etc/resolv.conf "$dir/etc/" && chroot "$dir" sh -c 'apt-get update && cd /tmp && apt-get download docker-compose' || return
	dpkg-deb -x "$dir"/tmp/docker-compose_*.deb "$data/compose-deb" || return
	mkdir -p "$DOCKER_CONFIG/cli-plugins"
	cp "$(find "$data/compose-deb" -type f -name docker-compose -size +10M)" "$DOCKER_CONFIG/cli-plugins/"
}

compose() { (cd "$hub" && docker compose "$@" 9>&-); }

megabytes() { # IMAGE
	printf '%d MB' $(($(docker image inspect -f '{{.Size}}' "$1") / 1000000))
}

# stand_in NAME IMAGE [FOLDER]: built from deploy/images/stand-ins/NAME, or from a copy of it with more beside it.
stand_in() {
	attempt "stand-in-$1" "the stand-in for $2" docker build -t "$2" "${3:-$root/deploy/images/stand-ins/$1}"
}

make_stand_ins() {
	local image
	step 'stand-ins'
	packages_install "$data/log/maven.log" "${PACKAGES_BROKER[@]}"
	attempt jars "Kafka's jars" "$root/deploy/local/kafka" jars
	rm -rf "$data/kafka-context"
	cp -r "$root/deploy/images/stand-ins/kafka" "$data/kafka-context"
	cp -r "$(last_line "$data/log/jars.log")" "$data/kafka-context/jars"
	stand_in kafka "$(image_of kafka)" "$data/kafka-context"
	for image in redis prometheus grafana node-exporter blackbox-exporter; do
		[ ! -e "$root/deploy/images/stand-ins/$image" ] || [ -z "$(image_of "$image")" ] ||
			stand_in "$image" "$(image_of "$image")"
	done
	step_done 'apache/kafka, redis, prom/*; grafana only as a check of its files'
}

# The image that docker-compose.yml names for a service.
image_of() { # SERVICE
	awk -v service="  $1:" '$0 == service { on = 1; next } on && /^  [a-z]/ { exit } on && $1 == "image:" { print $2; exit }' \
		"$root/docker-compose.yml"
}

# A copy of this tree as a stranger would clone it, without what git ignores: settings and secrets of the copy are its own.
copy_tree() {
	mkdir -p "$hub"
	# shellcheck disable=SC2016 # for the inner shell
	(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' - |
		tar --null -T - -c) | tar -C "$hub" -x
}

make_images() {
	local name base sizes=''
	step "the hub's images"
	copy_tree
	attempt build 'the images could not be built' compose --profile tools build
	base=$(docker image inspect -f '{{.Size}}' debian:trixie-slim)
	for name in referral-router dashboard-gateway hubctl proxy; do
		sizes+="$name +$((($(docker image inspect -f '{{.Size}}' "hub-$name:0.1.0") - base) / 1000000)) "
	done
	step_done "MB over the base: $sizes"
}
