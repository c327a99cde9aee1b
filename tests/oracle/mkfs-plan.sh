#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The planner against mkfs.xfs: the same options give the same geometry, or both refuse. A part is formatted by mkfs.xfs
# into sparse files, for the fields of the superblock that the geometry does not show.
#
# usage: mkfs-plan.sh    ($PROGRAMS: the folder of the built test programs)
set -eu

skip() {
	echo "skipped: $*"
	exit 77
}

for program in mkfs.xfs xfs_db; do
	command -v $program >/dev/null || skip "$program is missing (Debian: apt-get install xfsprogs)"
done
case $(mkfs.xfs -V) in
*" 6.1."*) ;;
*) skip "this is $(mkfs.xfs -V), and the decisions of 6.1 are what is followed" ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/xfsdax-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
# mkfs.xfs makes file systems below 300 MiB only for test suites.
export TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1
plan=$PROGRAMS/oracle/plan
image=$work/image
same=0 refused=0 different=0

differ() {
	echo "DIFFERENT: $*"
	diff "$work/theirs" "$work/ours" | sed 's/^/    /' || true
	[ ! -s "$work/theirs.err" ] || sed -n '1s/^/    mkfs.xfs: /p' "$work/theirs.err"
	[ ! -s "$work/ours.err" ] || sed 's/^/    here: /' "$work/ours.err"
	different=$((different + 1))
}

judge() {
	if [ "$theirs" = 0 ] && [ "$ours" = 0 ] && cmp -s "$work/theirs" "$work/ours"; then
		same=$((same + 1))
	elif [ "$theirs" != 0 ] && [ "$ours" != 0 ]; then
		refused=$((refused + 1))
	else
		differ "$@"
	fi
}

# geometry SIZE OPTIONS...
geometry() {
	size=$1
	shift
	theirs=0 ours=0
	mkfs.xfs -f -N -d "file,name=$image,size=$size" "$@" >"$work/theirs" 2>"$work/theirs.err" || theirs=1
	"$plan" -N -d "file,name=$image,size=$size" "$@" >"$work/ours" 2>"$work/ours.err" || ours=1
	judge "$size $*"
}

fields='dblocks logstart rootino rbmino rsumino agblocks agcount logblocks versionnum sectsize inodesize blocklog
sectlog inodelog inopblog agblklog imax_pct inoalignmt unit width dirblklog logsectlog logsectsize logsunit features2
features_ro_compat features_incompat spino_align'

# superblock SIZE OPTIONS...
superblock() {
	size=$1
	shift
	theirs=0 ours=0
	: >"$work/theirs"
	rm -f "$image"
	if mkfs.xfs -f -q -K -d "file,name=$image,size=$size" "$@" >"$work/theirs.err" 2>&1; then
		# shellcheck disable=SC2086
		xfs_db -r -c 'sb 0' -c "p $(echo $fields)" "$image" >"$work/theirs"
	else
		theirs=1
	fi
	"$plan" --sb -N -d "file,name=$image,size=$size" "$@" >"$work/ours" 2>"$work/ours.err" || ours=1
	judge "superblock: $size $*"
}

# Sizes: the minimum, thresholds and what is around them, to 64 TiB, plain and on a stripe.
mib=1048576
for size in 16m 16781312 17m 31m $((32 * mib - 4096)) 32m 47m $((64 * mib - 4096)) 64m 100m $((128 * mib - 4096)) 128m \
	299m $((300 * mib - 4096)) 300m 511m 1g 1234567168 8g $((8192 * mib + 4096)) 31g 100g 128g 129g 512g \
	$((512 * 1024 * mib + 4096)) 1000g $((1024 * 1024 * mib - 4096)) 1t 2500g $((4 * 1024 * 1024 * mib - 4096)) 4t \
	$((4 * 1024 * 1024 * mib + 4096)) 9t 16t 32t 33t 49t 50t 51t 64t; do
	geometry $size
	geometry $size -m rmapbt=1
	geometry $size -d su=64k,sw=4
	geometry $size -d su=2m,sw=1 -s size=4096 -m rmapbt=1 -i nrext64=1
done
# Below the minimum.
for size in 15m $((16 * mib - 512)); do geometry $size; done

# Blocks, with all that depends on them.
for block in 1024 2048 4096 8192 16384 32768 65536; do
	for size in 64m 200m 1g 3000m 700g 20t; do
		geometry $size -b size=$block
		geometry $size -b size=$block -m rmapbt=1 -s size=1024
		geometry $size -b size=$block -m reflink=0 -n size=65536
	done
	for sector in 512 1024 2048 4096 32768; do
		geometry 2g -b size=$block -s size=$sector
	done
	for inode in 256 512 1024 2048 4096; do
		geometry 2g -b size=$block -i size=$inode
		geometry 100m -b size=$block -i size=$inode,sparse=0 -m reflink=0
	done
	for dir in 2048 4096 8192 16384 32768 65536; do
		geometry 200m -b size=$block -n size=$dir -m reflink=0,rmapbt=1
	done
	for unit in $block 32768 131072 262144 524288; do
		geometry 5g -b size=$block -d su=$unit,sw=2
		geometry 5g -b size=$block -l su=$unit
		geometry 150m -b size=$block -l su=$unit
	done
	# The smallest log: one block less is refused.
	for features in reflink=1 rmapbt=1 reflink=0 rmapbt=1,reflink=0 finobt=0,reflink=0; do
		least=$(mkfs.xfs -f -N -d "file,name=$image,size=40g" -b size=$block -m $features -l size=$((2 * mib)) \
			2>&1 | sed -n 's/.*minimum size is \([0-9]*\) blocks.*/\1/p')
		if [ -n "$least" ]; then
			geometry 40g -b size=$block -m $features -l size=$((least * block))
			geometry 40g -b size=$block -m $features -l size=$(((least - 1) * block))
		fi
	done
done

# Groups.
for count in 1 2 3 5 7 16 63 64 65 1000; do
	geometry 1g -d agcount=$count
	geometry 1t -d agcount=$count,su=64k,sw=3
done
# Left out: agsize=1000m, where mkfs.xfs -N prints a log that is longer than its short last group (and fails without
# -N), and counts that rounding up to the stripe unit makes too many, where it prints groups beyond the end of the device.
# Here both are cut to what there is.
for bytes in 16m 15m 100m 343m 1g 2g 20001k 20004k; do
	geometry 1g -d agsize=$bytes
	geometry 1g -d agsize=$bytes,su=128k,sw=1
done
geometry 1g -d agcount=4,agsize=256m
geometry 3t -d agsize=1t
geometry 3t -d agsize=2t

# Stripes.
for stripe in su=4k,sw=1 su=12k,sw=7 su=20k,sw=1 su=48k,sw=2 su=96k,sw=1 su=512,sw=8 su=5k,sw=1 su=64k \
	sunit=128,swidth=256 sunit=128,swidth=300 sunit=128 sunit=0,swidth=0 noalign su=4m,sw=16; do
	geometry 1g -d $stripe
	geometry 777m -d $stripe -m rmapbt=1 -s size=4096
done

# Logs.
for log in size=16m size=200m size=255m size=256m size=2038m size=2039m size=16384b size=100m,su=12k size=100m,su=64k \
	size=104857601 size=104858112 agnum=0 agnum=1 agnum=3 agnum=4 su=12k su=512 su=512k sunit=8 sunit=512 \
	version=1 lazy-count=0 lazy-count=1 internal=1 size=148m; do
	geometry 1g -l $log
	geometry 40g -d agcount=3 -l $log
	geometry 1200m -d su=256k,sw=1 -l agnum=0,$log
done

# The largest log that a group holds, and one block more.
for options in "-m rmapbt=1" "-m rmapbt=0" "-m rmapbt=1,reflink=0" "-b size=1024 -m rmapbt=1" "-b size=2048" "-l agnum=0" \
	"-l su=4k -m rmapbt=1" "-i size=2048 -l agnum=0"; do
	# shellcheck disable=SC2086 # many words
	most=$(mkfs.xfs -f -N -d "file,name=$image,size=4g,agcount=64" $options -l size=64m 2>&1 |
		sed -n 's/.*must be less than \([0-9]*\).*/\1/p')
	for blocks in $((most - 1)) "$most" $((most + 1)); do
		# shellcheck disable=SC2086
		geometry 4g -d agcount=64 $options -l size=${blocks}b
	done
done

# Features and what cannot be.
for feature in finobt=0 finobt=0,inobtcount=1 finobt=0,inobtcount=0 inobtcount=0 bigtime=0 rmapbt=1,reflink=0; do
	geometry 1g -m $feature
done
for inode in perblock=8 perblock=4 perblock=3 maxpct=0 maxpct=10 maxpct=100 maxpct=101 align=0 sparse=0 nrext64=1; do
	geometry 1g -i $inode
done

# What only the superblock shows.
for options in '' '-m rmapbt=1' '-m reflink=0' '-m finobt=0' '-s size=4096' '-s size=1024' '-b size=1024' \
	'-b size=2048 -i size=1024' '-b size=16k' '-b size=32k' '-b size=64k' '-i size=2048' '-i size=1024,sparse=0' \
	'-i nrext64=1' '-d su=64k,sw=4' '-d su=2m,sw=1' '-d su=48k,sw=1' '-d su=96k,sw=1' '-d su=12k,sw=2' \
	'-d agcount=3 -l su=12k' '-d agcount=3 -l su=64k,agnum=2' '-l agnum=0' '-l agnum=0,su=64k' \
	'-d su=2m,sw=1 -l agnum=0' '-d agcount=1' '-d su=2m,sw=1 -b size=64k' '-d su=96k,sw=1 -b size=32k' \
	'-n size=16k' '-m rmapbt=1 -i nrext64=1 -s size=4096 -d su=2m,sw=1' '-l agnum=0,su=256k'; do
	for size in 400m 1g; do
		# shellcheck disable=SC2086
		superblock $size $options
	done
done
superblock 16m
superblock 20m -d su=64k,sw=1
superblock 40m -m rmapbt=1

echo "$((same + refused + different)) combinations: $same the same, $refused refused by both, $different different"
[ $different = 0 ]
