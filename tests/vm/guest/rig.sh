# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The guest's part of test-rig.sh: prints what it finds, line by line, and ends with 42.
die() { echo "guest: $*"; dmesg | tail -5; exit 1; }

echo "$1,$VM_DEVICE,$#"
ask || die "the program of libtool"
[ "$(cat brought)" = "a file" ] && [ "$(cat /deep/er/other)" = "a file" ] || die "the files brought along"
echo "size $(blockdev --getsize64 /dev/pmem0)"

mount -t xfs -o dax=always /dev/pmem0 /mnt || die mount
head -c 65536 /dev/zero | tr '\0' x >/tmp/text
: >/mnt/file
xfs_io -c "chattr +x" /mnt/file || die chattr
cp /tmp/text /mnt/file
sync
echo "dax $(daxfile dax /mnt/file)"
xfs_io -f -c "reflink /mnt/file 0 0 65536" /mnt/clone >/dev/null || die reflink
sector=$(daxfile sector /mnt/file 8192)
echo "shared $([ "$sector" = "$(daxfile sector /mnt/clone 8192)" ] && echo 1 || echo 0)"

if [ "$VM_DEVICE" = nfit ]; then mce "$sector" 8; else bad "$sector" 8; fi || die "bad blocks"
error=$(dd if=/mnt/clone of=/dev/null bs=4096 skip=2 count=1 2>&1)
echo "bad read $(echo "$error" | grep -c 'Input/output error')"
echo "bad load $(daxfile load /mnt/clone 0 65536)"
list=/sys/block/pmem0/badblocks
ahead=0
if [ "$VM_DEVICE" = nfit ]; then # the region's list, where the info block is in front of the data
	list=$(echo /sys/bus/nd/devices/region*/badblocks)
	ahead=4096
fi
echo "listed $(grep -c "^$((sector + ahead)) 8\$" "$list")"
dd if=/dev/zero of=/dev/pmem0 bs=4096 seek=$((sector / 8)) count=1 oflag=direct 2>/dev/null
echo "clears $([ -z "$(cat /sys/block/pmem0/badblocks)" ] && echo 1 || echo 0)"
umount /mnt || die umount

end=$(($(blockdev --getsize64 /dev/pmem0) / 4096))
printf marks | dd of=/dev/pmem0 bs=4096 seek=$((end - 1)) 2>/dev/null || die "cannot write the mark"

# the table goes over the superblock: nothing needs the file system any more
printf 'o\nn\np\n1\n8192\n\nw\n' | fdisk /dev/pmem0 >/dev/null 2>&1
blockdev --rereadpt /dev/pmem0
echo "partition $([ -b /dev/pmem0p1 ] && grep -c '^8192$' /sys/block/pmem0/pmem0p1/start)"
exit 42
