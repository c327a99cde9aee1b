#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# No false alarm about quota: random operations of users, groups and projects on /dev/pmem0 of the virtual machine, whose kernel
# counts them, with limits set and changed, and with mounts in between that count less or nothing; ended by an unmount, or
# by a forced shutdown and the replay of the next mount. Then fsck.xfsdax must have nothing to say. That it would is shown with a
# count that is off by one.
#
# QUOTA_RUNS: how many, by default 16; QUOTA_SEED: the first seed, by default 1.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(readlink -f "$0")")
for program in mkfs.xfs xfs_io xfs_quota xfs_db; do
	type -P $program >/dev/null || { echo "skipped: $program is missing (Debian: apt-get install xfsprogs)"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/fsck-quota.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

status=0
"$here/run-vm" -t 570 -s 320M -o "$work/image" -b "$BUILD/fsck.xfsdax" -b "$PROGRAMS/kernel/stress" -b mkfs.xfs -b xfs_io \
	-b xfs_quota "$here/guest/quota.sh" "${QUOTA_SEED:-1}" "${QUOTA_RUNS:-16}" >"$work/output" 2>"$work/errors" || status=$?
[ $status != 77 ] || { cat "$work/errors"; exit 77; }
if [ $status != 0 ]; then
	echo "FAIL: the guest ended with $status"
	cat "$work/output" "$work/errors"
	exit 1
fi
# The last of them, with one block too many for root.
xfs_db -x -c 'dquot -u 0' -c 'write -d diskdq.bcount 4711' "$work/image" >"$work/db" 2>&1
"$BUILD/fsck.xfsdax" -n "$work/image" >"$work/off" 2>&1
if [ $? != 4 ] || ! grep -q QUOTA_USAGE "$work/off"; then
	echo "FAIL: a wrong count is not found"
	cat "$work/off"
	exit 1
fi
cat "$work/output"
