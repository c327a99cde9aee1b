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
	grep -q "4096 bytes that metadata needs are bad, and writing does not clear them" /tmp/err || die "does not say why"
	mount -t xfs /dev/pmem0 /mnt 2>/dev/null && die "something mountable was left"
	echo "refused"
	exit 0
fi
[ $status = 0 ] || die "mkfs.xfsdax ends with $status"
grep -q "4096 bytes at 204800000 are bad" /tmp/err || die "does not say what is bad in free space"
grep -q "4096 bad bytes that metadata needs were cleared" /tmp/err || die "does not say what was cleared"
mount -t xfs -o dax=always /dev/pmem0 /mnt || die "cannot mount"

# A file that is filled through a mapping, with nothing allocated before: the hint of the root directory gives it whole
# 2 MiB, so one fault maps 512 pages, and the tracepoint of the kernel says so.
trace=/sys/kernel/debug/tracing
[ -d $trace/events/fs_dax/dax_pmd_fault_done ] || die "no tracepoint of huge faults"
# huge_faults COMMAND...: its output, and how many huge pages the kernel mapped for it: with MAP_SYNC it does so after it
# has said NEEDDSYNC; where it cannot, it says FALLBACK.
huge_faults() {
	echo >$trace/trace
	echo 1 >$trace/events/fs_dax/dax_pmd_fault_done/enable
	"$@" || return 1
	echo 0 >$trace/events/fs_dax/dax_pmd_fault_done/enable
	echo "huge=$(grep -cE 'dax_pmd_fault_done:.* (NOPAGE|NEEDDSYNC)$' $trace/trace)"
}
huge_faults daxfile store /mnt/large 0 67108864 >/tmp/faults || die "cannot store through a mapping"
[ "$(tr '\n' ' ' </tmp/faults)" = "faults=32 huge=32 " ] || die "64 MiB are not mapped by 32 huge pages: $(cat /tmp/faults)"
daxfile dax /mnt/large | grep -q "statx=1 sync=1" || die "the file is not DAX"
sector=$(daxfile sector /mnt/large 0) || die "no sector"
[ $((sector % 4096)) = 0 ] || die "the file does not begin on 2 MiB: sector $sector"

# Shared, and copied by a store through a mapping of the clone: the copy is huge too, the original stays as it is.
before=$(md5sum </mnt/large)
xfs_io -f -c "reflink /mnt/large 0 0 67108864" /mnt/clone >/dev/null || die reflink
cmp -s /mnt/large /mnt/clone || die "the clone differs"
shared=$(daxfile sector /mnt/clone 4194304)
[ "$shared" = "$(daxfile sector /mnt/large 4194304)" ] || die "the clone shares nothing"
huge_faults daxfile store /mnt/clone 4194304 2097152 >/tmp/faults || die "copy-on-write through a mapping"
[ "$(tr '\n' ' ' </tmp/faults)" = "faults=1 huge=1 " ] || die "the copy is not one huge page: $(cat /tmp/faults)"
copied=$(daxfile sector /mnt/clone 4194304)
[ "$copied" != "$shared" ] || die "nothing was copied"
[ $((copied % 4096)) = 0 ] || die "the copy does not begin on 2 MiB: sector $copied"
[ "$(daxfile sector /mnt/clone 6291456)" = "$(daxfile sector /mnt/large 6291456)" ] || die "what follows was copied too"
[ "$(md5sum </mnt/large)" = "$before" ] || die "the original changed"
# A store of a few bytes, that is not whole blocks: the rest of them comes along.
xfs_io -c "mmap -rw 8388608 2097152" -c "mwrite -S 0x7a 8389000 100" /mnt/clone >/dev/null || die mwrite
[ "$(daxfile sector /mnt/clone 8388608)" != "$(daxfile sector /mnt/large 8388608)" ] || die "nothing was copied for a few bytes"
[ "$(cmp -l /mnt/large /mnt/clone | wc -l)" = 100 ] || die "the copy has something else"
[ "$(md5sum </mnt/large)" = "$before" ] || die "the original changed with the clone"
xfs_io -c "pwrite -q -S 0x79 4096 4096" /mnt/clone || die "copy on write by write(2)"
cmp -s -n 4096 /mnt/large /mnt/clone || die "the shared part differs"
umount /mnt || die umount
mkfs.xfsdax -q /dev/pmem0 2>/dev/null && die "formatted over a file system without -f"
echo "formatted, mapped with 32 huge pages, shared, copied as one huge page"
