#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The state of the journal, its head and its tail, against xfs_logprint: fresh, dirty, recovered and unmounted file
# systems, small logs that wrap, log stripe units, large sectors and blocks.
set -eu
# shellcheck source=tests/lib/mount.sh
. "$SOURCE/tests/lib/mount.sh"

for program in mkfs.xfs xfs_logprint xfs_io losetup; do
	command -v $program >/dev/null || skip "$program is missing (Debian: apt-get install xfsprogs util-linux)"
done

loop=
trap 'unmount_all; [ -z "$loop" ] || losetup -d "$loop"; rm -rf "$work"' EXIT

failed=0 compared=0
compare() {
	ours=$("$PROGRAMS/oracle/journal_state" "$1" || echo "failed")
	theirs=$(xfs_logprint -t "$1" 2>&1 | sed -n 's/^ *log \(tail: .*\)/\1/p')
	compared=$((compared + 1))
	if [ "$ours" = "$theirs" ]; then
		echo "$2: $ours"
	else
		echo "$2: DIFFERENT: here $ours, xfs_logprint $theirs"
		failed=1
	fi
}

# fill DIR COUNT: much metadata, in many small steps.
fill() {
	i=0
	while [ $i -lt "$2" ]; do
		mkdir -p "$1/$i"
		: >"$1/$i/a" >"$1/$i/b" >"$1/$i/c" >"$1/$i/d"
		i=$((i + 1))
		if [ $((i % 40)) = 0 ]; then
			sync -f "$1"
		fi
	done
}

# one NAME COUNT SECTOR MKFS-OPTIONS...
one() {
	name=$1 count=$2 sector=$3
	shift 3
	image=$work/$name.img
	truncate -s 320M "$image"
	# A small log wraps soon, and mkfs.xfs makes small ones only for test suites.
	TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1 mkfs.xfs -q "$@" "$image"
	compare "$image" "$name, fresh"
	loop=$(losetup -f --show -b "$sector" "$image")
	mount -t xfs "$loop" "$mnt"
	fill "$mnt/one" "$count"
	# As if power went while it is mounted.
	sync -f "$mnt"
	cp --sparse=always "$image" "$work/live.img"
	fill "$mnt/two" "$count"
	xfs_io -x -c 'shutdown -f' "$mnt"
	umount "$mnt"
	compare "$work/live.img" "$name, in use"
	compare "$image" "$name, shut down"
	mount -t xfs "$loop" "$mnt"
	rm -r "$mnt/one"
	xfs_io -x -c shutdown "$mnt"
	umount "$mnt"
	compare "$image" "$name, shut down without its last changes"
	mount -t xfs "$loop" "$mnt"
	fill "$mnt/three" "$count"
	umount "$mnt"
	losetup -d "$loop"
	loop=
	compare "$image" "$name, unmounted"
	rm "$image" "$work/live.img"
}

one plain 300 512
one wrapping 4000 512 -l size=10m
one wrapping-1k 2500 512 -b size=1024 -l size=6m
one unit-4k 300 512 -l su=4096
one unit-256k 600 512 -l su=262144,size=20m
one sectors-4k 300 4096 -s size=4096
echo "$compared states compared"
exit $failed
