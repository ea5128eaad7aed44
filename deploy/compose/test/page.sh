# shellcheck shell=bash
# The page as a browser has it: TLS, the way from http, the session's cookie, the stream, limits by reader.
# shellcheck disable=SC2154

page=https://127.0.0.1:8443

page_curl() { curl -sS --cacert "$hub/deploy/secrets/ca/ca.crt" --max-time 20 "$@"; }

part_page() {
	step 'the page, by TLS'
	expect 'the page is served' page_curl -f -o "$data/log/page.html" "$page/"
	step_done "$(wc -c <"$data/log/page.html") bytes of $page/"
	step 'http leads to https'
	expect 'http leads to https' page_redirects
	step_done "$(cat "$data/log/redirect.log")"
	step 'a session'
	expect 'a session is a cookie for TLS alone' page_session
	step_done "$(sed -n 's/^[Ss]et-[Cc]ookie: [^;]*; //p' "$data/log/session.log" | tr -d '\r')"
	step 'its stream'
	expect 'what happens comes at once' page_stream
	step_done "$(cat "$data/log/stream.time")"
	step 'limits'
	expect 'one reader who asks too much does not stop another, nor is he somebody else by saying so' page_limits
	step_done "$(cat "$data/log/limits.log")"
}

page_redirects() {
	curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' 'http://127.0.0.1:8080/live?wall=1' >"$data/log/redirect.log"
	[ "$(cat "$data/log/redirect.log")" = "301 $page/live?wall=1" ]
}

page_session() {
	local password
	password=$(awk '$1 == "control" { print $2 }' "$hub/deploy/secrets/page/passwords")
	rm -f "$data/cookies"
	printf '{"user": "control", "password": "%s"}' "$password" |
		page_curl -f -D "$data/log/session.log" -c "$data/cookies" -H 'Content-Type: application/json' --data-binary @- "$page/api/v1/session" &&
		grep -qi '^set-cookie: .*secure' "$data/log/session.log" &&
		page_curl -f -o /dev/null -b "$data/cookies" "$page/api/v1/me"
}

# Its first word within two seconds, and what comes each 15 s when it comes.
page_stream() {
	local began reader
	rm -f "$data/log/stream.log"
	began=$(date +%s%3N)
	curl -sSN --cacert "$hub/deploy/secrets/ca/ca.crt" --max-time 60 -b "$data/cookies" "$page/api/v1/events?topics=referrals" \
		>"$data/log/stream.log" 2>&1 9>&- &
	reader=$!
	await 2 stream_said hello || return
	printf 'hello after %s' "$(say_seconds "$began")" >"$data/log/stream.time"
	await 20 stream_said beat || return
	kill "$reader" 2>/dev/null
	printf ', the next word after %s' "$(say_seconds "$began")" >>"$data/log/stream.time"
}

stream_said() { grep -qs "^event: $1" "$data/log/stream.log"; }

# A reader with an address of his own, in the proxy's network: 300 questions on one connection, each in another's name.
page_limits() {
	# shellcheck disable=SC2016 # expanded in the container
	docker run --rm --network hub_page --entrypoint bash hub-hubctl:0.1.0 -c '
		{
			for ((n = 0; n < 300; n++)); do
				printf "GET /api/v1/me HTTP/1.1\r\nHost: proxy\r\nX-Forwarded-For: 10.0.%d.%d\r\n\r\n" $((n / 200)) $((n % 200))
			done
			printf "GET /api/v1/me HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n"
		} | openssl s_client -quiet -connect proxy:8443 2>/dev/null' >"$data/log/limits-answers.log"
	printf '%s, then another reader: %s' "$(grep -ao 'HTTP/1.1 [0-9]*' "$data/log/limits-answers.log" | sort | uniq -c | tr -s ' \n' ' ')" \
		"$(page_curl -o /dev/null -w '%{http_code}' "$page/api/v1/me")" >"$data/log/limits.log"
	grep -q ' 429 .*another reader: 401$' "$data/log/limits.log"
}
