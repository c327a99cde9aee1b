#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Bad blocks of real persistent memory, found by xfsdax-scrub without any option, hit the same files whether the file
# system is read unmounted, asked at its mount point, or asked by the path of the mounted device.
#
# XFSDAX_SCRUB: the xfsdax-scrub to try, from the build tree.
#
# e820       the whole device; the kernel's list of bad blocks comes from sysfs, libndctl has it at the namespace
# partition  /dev/pmem0p1: the list belongs to the whole device, so it must be shifted
# nfit       machine checks; libndctl has the errors at the region, where the info block is in front of the data; the
#            same memory once more as a character device (/dev/dax0.0)
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(readlink -f "$0")")

skip() { echo "skipped: $*"; exit 77; }
[ "${XFSDAX_SCRUB:-}" ] || skip "XFSDAX_SCRUB does not say which xfsdax-scrub to try"
[ -x "$XFSDAX_SCRUB" ] || { echo "FAIL: $XFSDAX_SCRUB is not a program"; exit 1; }
for program in mkfs.xfs xfs_io ndctl; do
	type -P $program >/dev/null || skip "$program is missing"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/scrub-pmem.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# What only says how the answer was found.
MAY_DIFFER='owners_from|mounted|mount_point|device'

# What was hit, out of all that the guest printed; every line of it begins with the name of the view.
hits() { # view
	sed -n "s/^$1 \({.*}\)\$/\1/p" "$work/output" | grep -E '"type": *"(range|owner|file)"' |
		sed -E -e 's,\\/,/,g' -e "s/\"($MAY_DIFFER)\": *(\"[^\"]*\"|true|false|null),? *//g"
}

failed=0
fail() { echo "FAIL: $case: $*"; good=0 failed=1; }

# What the guest says after these words.
said() { sed -n "s/^$1 //p" "$work/output"; }

# The guest says "ranges N" for how many are bad, "hurt PATH" for each file it has damaged and "well PATH" for those it has not.
compare() {
	local view path status views='mounted device'
	[ $case != nfit ] || views="$views devdax"
	for view in unmounted $views; do hits "$view" >"$work/$view"; done
	[ -s "$work/unmounted" ] || fail "nothing was found unmounted"
	for view in $views; do
		diff -u "$work/unmounted" "$work/$view" || fail "$view says something else than unmounted"
	done
	# Whether the list may be incomplete (4), as a directory is among the damage, is the tool's to say, but the same thrice.
	status=$(said "unmounted status")
	for view in $views; do
		[ "$(said "$view status")" = "$status" ] || fail "unmounted ends with $status, $view with $(said "$view status")"
	done
	# 2: metadata, whatever else; 4 more, as the names below the bad directory block are not known
	[ $status = 6 ] || fail "files and metadata are hurt, but the status is $status"
	[ "$(grep -c '"type": *"range"' "$work/unmounted")" -ge "$(said ranges)" ] || fail "$(said ranges) ranges were bad"
	grep -q '^hurt ' "$work/output" || fail "the guest has damaged nothing"
	while read -r path; do
		grep '"type": *"file"' "$work/unmounted" | grep -qF "\"$path\"" || fail "$path is damaged but not listed"
	done < <(said hurt)
	while read -r path; do
		grep '"type": *"file"' "$work/unmounted" | grep -F "\"$path\"" && fail "$path is listed but not damaged"
	done < <(said well)
}

# One primary partition from sector $2 to the end: an entry of 16 bytes at 446 (active, three bytes of the old kind of
# address, type, three more, first sector, sectors; little-endian), and the mark 55 aa at 510.
partition_table() { # image, first sector, sectors
	le32() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)); }
	printf "\\x00\\xff\\xff\\xff\\x83\\xff\\xff\\xff$(le32 "$2")$(le32 "$3")" |
		dd of="$1" bs=1 seek=446 conv=notrunc status=none
	printf '\x55\xaa' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

for case in e820 partition nfit; do
	kind=$case device=/dev/pmem0 size=$((512 << 20)) start=0
	if [ $case = partition ]; then
		kind=e820 device=/dev/pmem0p1 start=32768 # 16 MiB
	elif [ $case = nfit ]; then
		size=$((510 << 20)) # with the info block 512 MiB: devdax wants multiples of 16 MiB
	fi
	rm -f "$work/image" "$work/fs"
	truncate -s $((size - start * 512)) "$work/fs"
	mkfs.xfs -q -m rmapbt=1,reflink=1 "$work/fs" || { echo "FAIL: mkfs.xfs"; exit 1; }
	truncate -s $size "$work/image"
	dd if="$work/fs" of="$work/image" bs=2M seek=$((start / 4096)) conv=notrunc,sparse status=none
	[ $start = 0 ] || partition_table "$work/image" $start $((size / 512 - start))

	status=0
	"$here/run-vm" -t 200 -d $kind -m dax_pmem -m device_dax -i "$work/image" -b "$XFSDAX_SCRUB" -b xfs_io -b ndctl \
		"$here/guest/scrub.sh" $device $start >"$work/output" 2>"$work/errors" || status=$?
	if [ $status = 77 ]; then
		cat "$work/errors"
		exit 77
	fi
	good=1
	if [ $status = 0 ]; then
		compare
	else
		fail "the guest ended with $status"
	fi
	if [ $good = 0 ]; then
		cat "$work/output" "$work/errors"
	else
		echo "ok: $case: $(wc -l <"$work/unmounted") lines, the same each time"
	fi
done
exit $failed
