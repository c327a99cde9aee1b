#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The mounted view against the committed images, mounted by the running kernel. Needs root, loop mounts, zstd.
set -euo pipefail

top=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
program=${MOUNTED_PROGRAM:-$PWD/tests/kernel/test_mounted}

if [ "$(id -u)" != 0 ]; then
	echo "skipped: mounting needs root"
	exit 77
fi
if ! grep -qw xfs /proc/filesystems && ! modprobe -q xfs; then
	echo "skipped: this kernel has no XFS"
	exit 77
fi

work=$(mktemp -d)
mnt=$work/mnt
mkdir "$mnt"
cleanup() {
	if mountpoint -q "$mnt"; then
		umount -R "$mnt"
	fi
	rm -rf "$work"
}
trap cleanup EXIT
"$top/tests/images/unpack" "$work"

failed=0
checked=0
for image in "$work"/*.img; do
	name=$(basename "$image" .img)
	if ! mount -o loop,ro,norecovery "$image" "$mnt" 2>"$work/why"; then
		echo "$name: not mounted by this kernel: $(head -1 "$work/why")"
		continue
	fi
	# What is mounted over a directory must not hide what lies below.
	cover=$(find "$mnt" -mindepth 1 -maxdepth 1 -type d -print -quit)
	if [ -n "$cover" ]; then
		mount -t tmpfs none "$cover"
	fi
	echo "== $name"
	if ! "$program" "$mnt" "$work/$name.fsmap" "$work/$name.manifest.jsonl"; then
		echo "$name: FAILED"
		failed=$((failed + 1))
	fi
	umount -R "$mnt"
	checked=$((checked + 1))
done
# More owners of one block than an answer of the kernel holds, and than one file can tell in a batch.
if ! command -v mkfs.xfs >/dev/null; then
	echo "no mkfs.xfs: not tried: thousands of owners of one block"
else
	truncate -s 512M "$work/repeated.img"
	mkfs.xfs -q -m rmapbt=1,reflink=1 "$work/repeated.img"
	mount -o loop "$work/repeated.img" "$mnt"
	for count in 1500 2500; do
		mkdir "$mnt/$count"
		if ! "$program" --repeated "$mnt/$count" 4096 $count; then
			echo "$count owners of one block: FAILED"
			failed=$((failed + 1))
		fi
	done
	umount "$mnt"
fi
if [ $checked = 0 ]; then
	echo "skipped: the kernel mounted none of the images"
	exit 77
fi
echo "$checked images, $failed failed"
[ $failed = 0 ]
