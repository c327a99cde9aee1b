# SPDX-License-Identifier: LGPL-2.1-or-later
#
# scrub.sh DEVICE START: the guest's part of scrub-pmem.sh. DEVICE holds an empty file system and begins at sector
# START of /dev/pmem0. Makes files, damages some, and prints what xfsdax-scrub says in the three ways.
device=$1
start=$2
die() { echo "guest: $*"; dmesg | tail -5; exit 1; }

# 6.1 refuses DAX on a partition if the file system has reflink, so there it is mounted without.
options=noatime,dax=always
[ "$start" = 0 ] || options=noatime
mount_it() {
	mount -t xfs -o $options "$device" /mnt || die "cannot mount $device"
	if [ "$start" = 0 ]; then
		daxfile dax /mnt/alone | grep -q statx=1 || die "the mount is not DAX"
	fi
}
text() { head -c "$1" /dev/zero | tr '\0' x; }
sector_of() { daxfile sector "/mnt/$1" "$2" || die "no sector"; }
first_sector_of() { # directory; FIEMAP does not know directories
	xfs_io -r -c bmap "/mnt/$1" | sed -n 's/.*\[0\.\.[0-9]*\]: \([0-9]*\)\.\..*/\1/p'
}
# Damage is collected first: after the first bad block the files had better be left alone.
damage() { echo "$1 $2" >>/tmp/damage; } # sector of the file system, count

mount -t xfs -o $options "$device" /mnt || die "cannot mount $device"
mkdir /mnt/deep /mnt/deep/er /mnt/names
text 65536 >/mnt/alone
text 65536 >/mnt/well
text 65536 >/mnt/shared
xfs_io -f -c "reflink /mnt/shared 0 0 65536" /mnt/clone >/dev/null || die reflink
xfs_io -f -c "reflink /mnt/shared 16384 1048576 8192" /mnt/deep/er/elsewhere >/dev/null || die reflink
text 65536 >/mnt/deep/linked
ln /mnt/deep/linked /mnt/deep/er/link
text 5000 >/mnt/short
xfs_io -f -c "falloc 0 65536" /mnt/unwritten || die falloc
# every second block of a file: more extents than fit into the inode
set --
while [ $# -lt 400 ]; do
	set -- "$@" -c "pwrite -q $(($# * 4096)) 4096"
done
xfs_io -f "$@" /mnt/pieces || die pieces
n=0
while [ $n -lt 60 ]; do
	: >"/mnt/names/a_name_that_is_long_so_that_few_are_enough_$n"
	n=$((n + 1))
done
sync

damage "$(sector_of alone 8192)" 8
damage "$(sector_of shared 20480)" 8 # also in elsewhere
damage "$(sector_of deep/linked 40960)" 16
damage "$(sector_of short 4096)" 8 # 904 bytes, then the end of the file
damage "$(sector_of unwritten 32768)" 8
damage "$(first_sector_of names)" 8
tree=$(xfs_io -r -c "fsmap -v" /mnt/alone | sed -n 's/.* \[\([0-9]*\)\.\.[0-9]*\]: .*extent map.*/\1/p' | head -1)
[ "$tree" ] || die "the file in pieces has no B+tree: $(xfs_io -r -c "fsmap -v" /mnt/alone | head -20)"
damage "$tree" 8
free=$(xfs_io -r -c "fsmap -v" /mnt/alone | sed -n 's/.* \[\([0-9]*\)\.\.[0-9]*\]: .*free space.*/\1/p' | tail -1)
[ "$free" ] || die "no free space"
damage $(((free + 4096) / 8 * 8)) 8
umount /mnt || die umount

count=0
while read -r sector sectors; do
	[ "$sector" ] || die "a place to damage was not found"
	if [ "$VM_DEVICE" = nfit ]; then
		mce $((start + sector)) "$sectors"
	else
		# not whole blocks: what is hit is counted in bytes
		bad $((start + sector)) $((sectors - 3))
	fi || die "cannot damage sector $sector"
	count=$((count + 1))
done </tmp/damage
[ "$(wc -l </sys/block/pmem0/badblocks)" = $count ] || die "not all bad blocks are listed: $(cat /sys/block/pmem0/badblocks)"
if [ "$VM_DEVICE" = nfit ]; then
	ndctl list -RM | grep -q '"badblock_count"' || die "libndctl has no error at the region"
else
	ndctl list -NM | grep -q '"badblock_count"' || die "libndctl has no error at the namespace"
fi

for path in /alone /shared /clone /deep/er/elsewhere /deep/linked /deep/er/link /short; do echo "hurt $path"; done
for path in /well /unwritten; do echo "well $path"; done
echo "ranges $count"

scrub() { # view, path
	xfsdax-scrub --json "$2" >/tmp/out 2>/tmp/errors
	s=$?
	sed "s/^/$1 /" /tmp/out
	sed "s/^/$1 error: /" /tmp/errors
	echo "$1 status $s"
}
scrub unmounted "$device"
mount_it
scrub mounted /mnt
scrub device "$device"
umount /mnt || die umount

# The same memory as a character device, which can only be mapped. Only the info block in front of the data changes.
if [ "$VM_DEVICE" = nfit ]; then
	ndctl create-namespace -f -e namespace0.0 -m devdax -M mem -a 2M >/tmp/out 2>&1 || die "no devdax: $(cat /tmp/out)"
	dax=$(echo /dev/dax*.*)
	[ -c "$dax" ] || die "there is no DAX device: $dax"
	scrub devdax "$dax"
fi
