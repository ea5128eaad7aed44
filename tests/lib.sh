# shellcheck shell=bash
# How tests/run installs, runs and counts; uses its root, venv and logs.
# shellcheck disable=SC2154

# shellcheck disable=SC2034 # used by tests/run
PACKAGES_TEST=(clang-14 clang-format-14 libclang-rt-14-dev shellcheck git spin docker-compose)
# shellcheck disable=SC2034
PACKAGES_FAULT=(iproute2)

passed=0 failed=0
failures=()

# The tools of the Python tests, in build/venv; made anew when their list changes.
make_venv() { # LOG
	local list=$root/tests/requirements.txt
	cmp -s "$list" "$venv/requirements.txt" && return 0
	rm -rf "$venv"
	# Debian's python3 comes without pip until python3-venv is there; others bring their own.
	python3 -c 'import ensurepip, venv' 2>/dev/null || packages_install "$1" python3-venv
	if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r "$list"; } >"$1" 2>&1 </dev/null; then
		die "$EX_UNAVAILABLE" "the Python packages of tests/requirements.txt could not be installed: $(packages_reason "$1") (more in $1)"
	fi
	cp "$list" "$venv/requirements.txt"
}

# Prometheus, its exporters and promtool, in build/watch.
make_watch() { # LOG
	packages_unpack "$1" "$root/build/watch" "${PACKAGES_WATCH[@]}"
}

# What a hospital's developer would install for tests/clients: by pip, npm and Maven.
make_clients() { # LOG
	packages_install "$1" openjdk-17-jdk-headless
	# A Node from elsewhere brings its npm; Debian's two would not stand beside it.
	command -v npm >/dev/null || packages_install "$1" nodejs npm
	"$venv/bin/pip" install -q -r tests/clients/python/requirements.txt >"$1" 2>&1 </dev/null ||
		die "$EX_UNAVAILABLE" "pip could not install the Python client's packages: $(packages_reason "$1") (more in $1)"
	npm install --prefix tests/clients/node >"$1" 2>&1 </dev/null ||
		die "$EX_UNAVAILABLE" "npm could not install the Node client's packages: $(packages_reason "$1") (more in $1)"
	mvn -B -q -f tests/clients/java compile dependency:copy-dependencies >"$1" 2>&1 </dev/null ||
		die "$EX_UNAVAILABLE" "Maven could not build the Java client: $(packages_reason "$1") (more in $1)"
}

# A browser with Chinese letters, and what drives it.
make_browser() { # LOG
	packages_install "$1" chromium fonts-noto-cjk
	command -v npm >/dev/null || packages_install "$1" nodejs npm
	npm ci --no-audit --no-fund --prefix tests/browser >"$1" 2>&1 </dev/null ||
		die "$EX_UNAVAILABLE" "npm could not install the browser tests' packages: $(packages_reason "$1") (more in $1)"
}

# count PASSED FAILED WHAT
count() {
	passed=$((passed + $1)) failed=$((failed + $2))
	if [ "$2" != 0 ]; then
		failures+=("$3")
	fi
}

# check WHAT COMMAND...: one test; its output is shown when it fails.
check() {
	local what=$1 log=$logs/check.log
	shift
	if "$@" >"$log" 2>&1 </dev/null; then
		count 1 0 "$what"
		printf '  ok    %s\n' "$what"
	else
		count 0 1 "$what"
		printf '  FAIL  %s\n' "$what"
		tail -n 40 "$log" | sed 's/^/        /'
	fi
}

# count_junit FILE WHAT CODE: the sums of a JUnit file. No file, no test in it, or a runner that failed without a failed
# test is a failure of its own.
count_junit() {
	local tests bad
	tests=$(junit_sum tests "$1") bad=$(($(junit_sum failures "$1") + $(junit_sum errors "$1")))
	if [ "$tests" = 0 ]; then
		count 0 1 "$2: no test ran"
	elif [ "$bad" = 0 ] && [ "$3" != 0 ]; then
		count "$tests" 1 "$2: ended with exit code $3"
	else
		count $((tests - bad)) "$bad" "$2"
	fi
}

# The attribute of the (outermost) testsuite elements, summed; 0 when there is none.
junit_sum() { # ATTRIBUTE FILE
	[ -e "$2" ] || {
		echo 0
		return
	}
	tr '\n\t' '  ' <"$2" | grep -o '<testsuite [^>]*>' | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' |
		awk '{ sum += $1 } END { print sum + 0 }' || true
}

# build PRESET [TARGET...]: false, with the end of its log, when it fails.
build() {
	local log=$logs/build-$1.log targets=()
	[ "$#" -eq 1 ] || targets=(--target "${@:2}")
	if ! { [ -e "build/$1/build.ninja" ] || cmake --preset "$1"; } >"$log" 2>&1 </dev/null ||
		! cmake --build --preset "$1" "${targets[@]}" >>"$log" 2>&1 </dev/null; then
		count 0 1 "build $1"
		printf '  FAIL  build %s\n' "$1"
		grep -E -A 6 'error|FAILED' "$log" | head -n 40 | sed 's/^/        /'
		return 1
	fi
	printf '  ok    build %s\n' "$1"
}

# run_ctest NAME PRESET [CTEST-OPTION...]
run_ctest() {
	local name=$1 preset=$2 code=0 junit=$logs/$1.xml
	shift 2
	rm -f "$junit"
	ctest --test-dir "build/$preset" --output-on-failure -j 2 --timeout 300 --no-tests=error \
		--output-junit "$junit" "$@" </dev/null >"$logs/$name.log" 2>&1 || code=$?
	sed -n -e '/tests passed/s/^/  /p' -e '/(Failed)\|(Timeout)\|(SEGFAULT)\|Subprocess aborted/s/^/  /p' "$logs/$name.log"
	[ "$code" = 0 ] || grep -E -v '^[[:space:]]*[0-9]+/[0-9]+ Test.*Passed|^[[:space:]]*Start ' "$logs/$name.log" |
		tail -n 60 | sed 's/^/        /'
	count_junit "$junit" "$name" "$code"
}

# run_pytest NAME FOLDER PRESET [PYTEST-OPTION...]
run_pytest() {
	local code=0 junit=$logs/$1.xml
	rm -f "$junit"
	HUB_TEST_BUILD=$root/build/$3 "$venv/bin/python" -m pytest -q --tb=short --durations=5 -p no:cacheprovider \
		--junitxml "$junit" "${@:4}" "tests/$2" </dev/null 2>&1 | tee "$logs/$1.log" | sed 's/^/  /' || code=$?
	count_junit "$junit" "$1" "$code"
}
