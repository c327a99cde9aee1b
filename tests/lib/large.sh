# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For scripts that make files of 64 TiB, which are too much for some file systems: sourced, not run. Sets TMPDIR.

for base in "${TMPDIR:-/tmp}" /dev/shm ""; do
	if [ -z "$base" ]; then
		echo "skipped: neither ${TMPDIR:-/tmp} nor /dev/shm takes files of 64 TiB"
		exit 77
	fi
	probe=$(mktemp "$base/xfsdax-test.XXXXXX") || continue
	if truncate -s 64t "$probe" 2>/dev/null; then
		rm -f "$probe"
		break
	fi
	rm -f "$probe"
done
export TMPDIR="$base"
