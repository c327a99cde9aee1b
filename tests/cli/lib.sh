# SPDX-License-Identifier: LGPL-2.1-or-later
# What the tests of the programs' command lines share. A script sources it, calls check for each thing that must hold,
# and ends with finish: "N passed, N failed", exit status 0 or 1. A script that cannot run says why and exits 77.
set -u
LC_ALL=C
export LC_ALL
: "${BUILD:=$PWD}"
: "${SOURCE:=$(cd "${srcdir:-.}" && pwd)}"
scrub=$BUILD/xfsdax-scrub
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

skip() {
	echo "skipped: $*"
	exit 77
}

# check WHAT COMMAND...: the command must succeed.
check() {
	what=$1
	shift
	if "$@" >"$scratch/check.out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what: $*"
		sed 's/^/    /' "$scratch/check.out"
	fi
}

# run COMMAND...: leaves $status, and what was written in $scratch/out and $scratch/err.
run() {
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	status=$?
}

lines() {
	wc -l <"$1" | tr -d ' '
}

empty() {
	if [ -s "$1" ]; then
		cat "$1"
		return 1
	fi
}

# same ONE OTHER
same() {
	[ "$1" = "$2" ] || {
		echo "'$1' is not '$2'"
		return 1
	}
}

finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
	exit
}
