#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Fills /dev/pmem0 in the virtual machine (tests/vm/run-vm) with files of several owners, under user, group and project
# quota: the recipe "quota" of make-images. Needs xfs_io and xfs_quota.
set -e

zeros() { # FILE BLOCKS
	dd if=/dev/zero of="$1" bs=4096 count="$2" 2>/dev/null
}

mkdir -p /mnt
mount -t xfs -o uquota,gquota,pquota /dev/pmem0 /mnt
cd /mnt
mkdir home home/ann home/ben project project/below

for i in 1 2 3 4 5 6 7; do zeros home/ann/file$i $((i * 2)); done
chown -R 1000:1000 home/ann
rm home/ann/file3

# Shared blocks count for each of the files.
zeros home/ben/original 30
cp --reflink=always home/ben/original home/ben/copy
chown -R 1001:100 home/ben

# Every second block: the B+tree of the fork counts too, and so does an attribute that needs blocks.
i=0
while [ $i -lt 60 ]; do
	dd if=/dev/zero of=holes bs=4096 count=1 seek=$((i * 2)) conv=notrunc 2>/dev/null
	i=$((i + 1))
done
chown 70000:70001 holes

# The last ids: the last block of a quota file has room for more.
zeros last 3
chown 4294967290:4294967290 last

xfs_io -c 'chproj 42' -c 'chattr +P' project
xfs_io -c 'chproj 42' -c 'chattr +P' project/below
for i in 1 2 3; do zeros project/file$i $i; done
: >project/below/empty
: >other
xfs_io -c 'chproj 123456789' other

i=0
while [ $i -lt 40 ]; do
	: >empty$i
	chown $((2000 + i)):$((3000 + i)) empty$i
	i=$((i + 1))
done
ln -s home/ann link
chown -h 1000 link
mkfifo fifo
chown 1001 fifo
mknod device c 1 3

# Limits kept, soft ones exceeded, defaults, and times.
xfs_quota -x -c 'limit -u bsoft=1m bhard=2m isoft=20 ihard=30 1000' \
	-c 'limit -u bsoft=64k bhard=4m isoft=2 ihard=100 1001' \
	-c 'limit -g bsoft=1m isoft=10 100' \
	-c 'limit -p bhard=10m 42' \
	-c 'limit -g -d bsoft=8m bhard=9m' \
	-c 'timer -u -b 3days' /mnt
zeros home/ben/over 9
chown 1001:100 home/ben/over
sync
xfs_quota -x -c 'report -ugp -bi -n' /mnt
cd /
umount /mnt
