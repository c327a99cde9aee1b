#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Does the rig do what the tests on top of it rely on? Boots a handful of times, with both kinds of device.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d "${TMPDIR:-/tmp}/test-rig.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

die() { echo "FAIL: $*"; exit 1; }
for program in mkfs.xfs xfs_io cc; do
	type -P $program >/dev/null || { echo "skipped: $program is missing"; exit 77; }
done

# Runs the rig, compares its status. The output is in $work/output, both are shown when the status is another.
run() { # expected status, arguments of run-vm
	local expected=$1 status=0 start=$SECONDS
	shift
	"$here/run-vm" -t 120 "$@" >"$work/output" 2>"$work/errors" || status=$?
	if [ $status = 77 ] && [ "$expected" != 77 ]; then
		cat "$work/errors"
		exit 77
	fi
	if [ $status != "$expected" ]; then
		cat "$work/output" "$work/errors"
		die "status $status instead of $expected: run-vm $*"
	fi
	echo "ok: status $status after $((SECONDS - start)) s: run-vm ${*//$work\//}"
}

# A program as libtool leaves it in a build tree: a script, and beside it the real one, with a library nobody can find.
mkdir -p "$work/lt/.libs"
echo 'int answer(void); int answer(void) { return 42; }' >"$work/lt/answer.c"
printf '#include <stdio.h>\nint answer(void); int main(void) { printf("answer %%d\\n", answer()); return 0; }\n' >"$work/lt/ask.c"
cc -shared -fPIC -o "$work/lt/.libs/libanswer.so" "$work/lt/answer.c" &&
	cc -o "$work/lt/.libs/ask" "$work/lt/ask.c" -L"$work/lt/.libs" -lanswer || die "cc"
printf '#!/bin/sh\n  LD_LIBRARY_PATH="%s:$LD_LIBRARY_PATH"\n' "$work/lt/.libs" >"$work/lt/ask"

# The file system ends before the device, so that there is a place for a mark.
size=$((512 << 20))
truncate -s $((480 << 20)) "$work/image"
mkfs.xfs -q -m rmapbt=1,reflink=1 "$work/image" || die "mkfs.xfs"
truncate -s $size "$work/image"
echo "a file" >"$work/brought"

for kind in e820 nfit; do
	run 42 -d $kind -i "$work/image" -o "$work/after" -b xfs_io -b "$work/lt/ask" -f "$work/brought" \
		-f "$work/brought:/deep/er/other" "$here/guest/rig.sh" "one argument" $kind
	diff - "$work/output" <<-EOT || die "this is not the output of the guest"
	one argument,$kind,2
	answer 42
	size $size
	dax xflag=1 statx=1 sync=1
	shared 1
	bad read 1
	bad load 8192
	listed 1
	clears $([ $kind = e820 ] && echo 1 || echo 0)
	partition 1
	EOT
	[ "$(stat -c %s "$work/after")" = $size ] || die "the image that came back has another size"
	[ "$(tail -c 4096 "$work/after" | head -c 5)" = marks ] || die "what the guest wrote is not in the image"
	[ "$(tail -c 4096 "$work/image" | tr -d '\0' | wc -c)" = 0 ] || die "the image that was given is changed"
done

# A file system that is not unmounted has work in its journal, a check on the host sees that.
printf '%s\n' 'mount -t xfs -o dax=always /dev/pmem0 /mnt && : >/mnt/new && xfs_io -c fsync /mnt/new && crash 5' >"$work/crash.sh"
run 5 -i "$work/image" -o "$work/after" -b xfs_io "$work/crash.sh"
if type -P xfs_logprint >/dev/null; then
	xfs_logprint -t "$work/after" 2>&1 | grep -q 'DIRTY\|<DIRTY>' || die "the journal is clean after a crash"
fi

echo 'echo begins; while :; do sleep 1; done' >"$work/forever.sh"
run 124 -t 30 "$work/forever.sh"
[ "$(cat "$work/output")" = begins ] || die "what was printed before the time was up is lost"
echo 'poweroff -f' >"$work/off.sh"
run 125 "$work/off.sh"
run 125 -d nothing "$work/off.sh"
run 77 -b no-such-program-anywhere "$work/off.sh"
echo "ok"
