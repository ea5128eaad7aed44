# shellcheck shell=bash
# A hospital is let in by one command, may do what it may, and is let in no more.
# shellcheck disable=SC2154

part_hospital() {
	step 'a hospital is let in'
	attempt new-hospital 'new-hospital' compose run --rm -T rights bash /hub/deploy/security/new-hospital 990121-H01 --servers kafka:9093
	expect 'the hospital reads what was decided' hospital_may tail referral.decisions --last 1
	expect 'it does not read what is not for it' hospital_may_not tail registry --last 1
	expect 'files are named where the operator finds them' grep -q '^  deploy/secrets/hospitals/990121-H01/ca.crt ' "$data/log/new-hospital.log"
	expect 'no warning of a name that the broker has' hospital_warned_of '' kafka:9093
	expect 'a warning of a name that the broker has not' hospital_warned_of elsewhere.example.org elsewhere.example.org:9093
	step_done 'reads decisions; refused what is not for it'
	step 'and let in no more'
	cp -r "$hub/deploy/secrets/hospitals/990121-H01" "$data/hospital"
	attempt remove-hospital 'remove-hospital' compose run --rm -T rights bash /hub/deploy/security/remove-hospital 990121-H01
	expect 'its password holds no more' hospital_may_not tail referral.decisions --last 1
	rm -rf "$data/hospital"
	step_done 'refused with the files it had'
}

hospital_warned_of() { # NAME-OR-NOTHING SERVERS
	attempt new-hospital 'new-hospital again' compose run --rm -T rights bash /hub/deploy/security/new-hospital 990121-H01 --servers "$2"
	[ "$(sed -n "s/.*certificate has no name \([^,]*\),.*/\1/p" "$data/log/new-hospital.log")" = "$1" ]
}

# hubctl with what was handed over, and nothing else.
as_hospital() {
	local folder=$hub/deploy/secrets/hospitals/990121-H01
	[ -d "$folder" ] || folder=$data/hospital
	compose run --rm -T --user 0:0 -v "$folder:/hospital:ro" -e HUBCTL_KAFKA_SASL_USERNAME=hospital-990121-H01 \
		-e HUBCTL_KAFKA_SASL_PASSWORD_FILE=/hospital/kafka.password -e HUBCTL_KAFKA_SSL_CA_LOCATION=/hospital/ca.crt \
		-e HUBCTL_KAFKA_SSL_CERTIFICATE_LOCATION=/hospital/tls.crt -e HUBCTL_KAFKA_SSL_KEY_LOCATION=/hospital/tls.key \
		hubctl "$@" </dev/null >"$data/log/hospital.log" 2>&1
}

hospital_may() { # after the sample day, there is something to be read
	as_hospital "$@" && [ -s "$data/log/hospital.log" ]
}

hospital_may_not() {
	! as_hospital "$@" && grep -qi 'authoriz\|authentic' "$data/log/hospital.log"
}
