#!/bin/sh
# Options alone are the server's; as root, the server gets its folder and runs as redis.
set -e
case ${1-} in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
	find . \! -user redis -exec chown redis '{}' +
	# Protected mode is off, as in the real image: who reaches the port is the network's matter.
	exec setpriv --reuid redis --regid redis --clear-groups -- "$@" --protected-mode no
fi
exec "$@"
