#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mkfs.xfsdax formats /dev/pmem0 of the virtual machine, and the kernel mounts it with DAX, maps files with huge pages, shares
# them and copies on write; bad blocks under metadata are cleared by writing where the device can (e820), and refused where
# it cannot (nfit). The image is clean afterwards.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(readlink -f "$0")")
for program in xfs_io xfs_repair ndctl; do
	type -P $program >/dev/null || { echo "skipped: $program is missing"; exit 77; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/mkfs-pmem.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

failed=0
for kind in e820 nfit; do
	status=0
	"$here/run-vm" -t 200 -d $kind -s 512M -o "$work/image" -b "$BUILD/mkfs.xfsdax" -b xfs_io -b ndctl \
		"$here/guest/mkfs.sh" >"$work/output" 2>"$work/errors" || status=$?
	if [ $status = 77 ]; then
		cat "$work/errors"
		exit 77
	fi
	if [ $status = 0 ] && [ $kind = e820 ]; then
		xfs_repair -n "$work/image" >"$work/repair" 2>&1 || { cat "$work/repair"; status=1; }
		"$BUILD/xfsdax-scrub" "$work/image" >"$work/scrub" 2>&1 || { cat "$work/scrub"; status=1; }
		"$PROGRAMS/oracle/mkfs_bytes" --owners "$work/image" || status=1
	fi
	if [ $status = 0 ]; then
		echo "ok: $kind: $(tail -n 1 "$work/output")"
	else
		echo "FAIL: $kind: the guest ended with $status"
		cat "$work/output" "$work/errors"
		failed=1
	fi
done
exit $failed
