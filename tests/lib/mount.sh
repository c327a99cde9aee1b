# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For scripts that mount: sourced, not run. Gives $work, a folder that goes away at the end, and skips the test where
# the kernel cannot be asked.

skip() {
	echo "skipped: $*"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "mounting needs root"
[ -e /dev/loop-control ] || skip "there are no loop devices here"
grep -qw xfs /proc/filesystems || modprobe xfs 2>/dev/null || skip "the running kernel has no XFS"

work=$(mktemp -d "${TMPDIR:-/tmp}/xfsdax-test.XXXXXX")
mnt=$work/mnt
mkdir "$mnt"

unmount_all() {
	# the last mounted first
	awk -v dir="$work/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r | while read -r target; do
		umount "$target"
	done
}
trap 'unmount_all; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# mount_image IMAGE [MORE-OPTIONS]: a copy, as other tests read the image at the same time and a mounted one is not
# read; without a replay of the journal, as it lies there. 1: the kernel refuses it.
mount_image() {
	cp --sparse=always "$1" "$work/mounted.img"
	mount -t xfs -o "loop,ro,norecovery,nouuid${2:+,$2}" "$work/mounted.img" "$mnt" 2>"$work/mount.err"
}
