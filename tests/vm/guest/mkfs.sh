# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mkfs.sh: the guest's part of mkfs-pmem.sh. Formats /dev/pmem0, mounts it with DAX, uses it; with bad blocks too.
die() { echo "guest: $*"; dmesg | tail -5; exit 1; }

# Bad blocks under the first headers, and in free space.
bad 8 8 && bad 400000 8 || die "cannot damage the device"
mkfs.xfsdax /dev/pmem0 >/tmp/out 2>/tmp/err
status=$?
cat /tmp/err
if [ "$VM_DEVICE" = nfit ]; then
	# Nothing clears there.
	[ $status != 0 ] || die "formatted although metadata lies on bad blocks"
	grep -q "writing does not clear them" /tmp/err || die "does not say why"
	mount -t xfs /dev/pmem0 /mnt 2>/dev/null && die "something mountable was left"
	echo "refused"
	exit 0
fi
[ $status = 0 ] || die "mkfs.xfsdax ends with $status"
grep -q "4096 bytes at 204800000 are bad" /tmp/err || die "does not say what is bad in free space"
grep -q "4096 bad bytes that metadata needs were cleared" /tmp/err || die "does not say what was cleared"
mount -t xfs -o dax=always /dev/pmem0 /mnt || die "cannot mount"
head -c 67108864 /dev/zero | tr '\0' x >/mnt/large
daxfile dax /mnt/large | grep -q statx=1 || die "the file is not DAX"
# With the hint of the root directory the file lies on 2 MiB.
sector=$(daxfile sector /mnt/large 0) || die "no sector"
[ $((sector % 4096)) = 0 ] || die "the file does not begin on 2 MiB: sector $sector"
xfs_io -f -c "reflink /mnt/large 0 0 67108864" /mnt/clone >/dev/null || die reflink
xfs_io -c "pwrite -q -S 0x79 4096 4096" /mnt/clone || die "copy on write"
cmp -s -n 4096 /mnt/large /mnt/clone || die "the shared part differs"
umount /mnt || die umount
mkfs.xfsdax -q /dev/pmem0 2>/dev/null && die "formatted over a file system without -f"
echo "formatted and used"
