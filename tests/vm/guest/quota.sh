# SPDX-License-Identifier: LGPL-2.1-or-later
#
# quota.sh FIRST-SEED RUNS: the guest's part of fsck-quota.sh.
die() { echo "guest: $*"; dmesg | tail -5; exit 1; }

first=$1
runs=$2
counted=uquota,gquota,pquota

# limits SEED: some that are kept and some that are not, defaults, and other times.
limits() {
	xfs_quota -x -c "limit -u bsoft=$1m bhard=$(($1 * 2))m isoft=$((20 + $1)) ihard=2000 3" \
		-c "limit -u -d bsoft=$((8 * $1))m isoft=5" -c "limit -g bsoft=64k bhard=200m 5" -c "limit -g -d ihard=3000" \
		-c "limit -p bsoft=1m 7" -c "timer -g -b $((1 + $1))days" /mnt || die "cannot set limits"
}

# use SEED OPERATIONS OPTIONS [unmount|shutdown|crash]: operations on a mount.
use() {
	mount -t xfs -o "$3" /dev/pmem0 /mnt || die "cannot mount with $3"
	# Others make the directories that it fills: quota counts by who owns what, chown makes them.
	mkdir -p "/mnt/$1-$2"
	stress -s "$1" -n "$2" "/mnt/$1-$2" >/tmp/stress 2>&1 || die "seed $1: $(cat /tmp/stress)"
	case $3 in
	*uquota*gquota*pquota*) limits $(($1 % 5 + 1)) ;;
	esac
	stress -s "$1$2" -n $(($2 / 2)) "/mnt/$1-$2" >/tmp/stress 2>&1 || die "seed $1: $(cat /tmp/stress)"
	case ${4:-unmount} in
	shutdown) xfs_io -x -c shutdown /mnt ;;
	crash) xfs_io -x -c 'shutdown -f' /mnt ;;
	esac
	umount /mnt || die "cannot unmount"
}

# replay OPTIONS
replay() {
	mount -t xfs -o "$1" /dev/pmem0 /mnt && umount /mnt || die "cannot replay with $1"
}

seed=$first
while [ $seed -lt $((first + runs)) ]; do
	case $((seed % 4)) in
	0) shape="-m rmapbt=1" ;;
	1) shape="-m rmapbt=1 -d agcount=4" ;;
	2) shape="-m rmapbt=0,reflink=1" ;;
	3) shape="-m rmapbt=1,bigtime=0" ;;
	esac
	# shellcheck disable=SC2086 # many words
	mkfs.xfs -q -f $shape /dev/pmem0 >/tmp/mkfs 2>&1 || die "mkfs.xfs: $(cat /tmp/mkfs)"
	case $((seed % 8)) in
	1) use $seed 500 $counted ;;
	2) use $seed 300 $counted; use $seed 200 uquota ;;
	3) use $seed 300 defaults; use $seed 300 $counted ;;
	4) use $seed 400 $counted crash; replay $counted ;;
	5) use $seed 300 $counted; use $seed 200 defaults; use $seed 200 $counted ;;
	6) use $seed 400 $counted shutdown; replay $counted ;;
	7) use $seed 300 $counted; use $seed 200 uqnoenforce,pqnoenforce ;;
	0) use $seed 300 $counted crash; replay defaults; use $seed 100 $counted ;;
	esac
	fsck.xfsdax -n /dev/pmem0 >/tmp/fsck 2>&1
	status=$?
	if [ $status != 0 ] || grep -q NOT_CHECKED /tmp/fsck; then
		cat /tmp/fsck
		die "seed $seed ($shape): fsck.xfsdax ended with $status"
	fi
	seed=$((seed + 1))
done
# For the count that is wrong: one whose counts are all there.
mkfs.xfs -q -f -m rmapbt=1 /dev/pmem0 && use 1 100 $counted || die "the last one"
fsck.xfsdax -n /dev/pmem0 >/tmp/fsck 2>&1 || { cat /tmp/fsck; die "the last one: fsck.xfsdax"; }
echo "$runs runs, 0 failed"
