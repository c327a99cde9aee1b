# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For scripts that hold mkfs.xfsdax against mkfs.xfs over tests/oracle/newfs.combinations: sourced, not run.
#
# make_pair makes a file system with each of them in $theirs and $ours, which the script names, as $work. Both programs
# get the same time and UUID, and whatever they have different defaults for is given to both.

# Without these, mkfs.xfs makes nothing below 300 MiB.
export TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1 TZ=UTC
newfs_uuid=8d0b2f4e-5c1a-4a36-9d7e-0123456789ab
newfs_clock='2020-09-13 12:26:40' newfs_epoch=1600000000

newfs_need() {
	for program in mkfs.xfs xfs_repair xfs_db faketime; do
		command -v $program >/dev/null || skip "$program is missing (Debian: apt-get install xfsprogs faketime)"
	done
	case $(mkfs.xfs -V) in
	*" 6.1."*) ;;
	*) skip "these are the bytes of mkfs.xfs 6.1, here is $(mkfs.xfs -V)" ;;
	esac
}

# Time stands still for it, so that all of its inodes have the same.
theirs_make() {
	faketime -f "$newfs_clock" mkfs.xfs -f -q -m uuid=$newfs_uuid "$@" "$theirs" || return 1
}

ours_make() {
	SOURCE_DATE_EPOCH=$newfs_epoch "$BUILD/mkfs.xfsdax" -f -q -m uuid=$newfs_uuid "$@" "$ours" || return 1
}

# given LETTER.NAME: is it in the options?
given() {
	case $newfs_given in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# Sets $newfs_given to the options by LETTER.NAME, and what is needed of them: $block, $rmapbt, $reflink.
look_at() {
	newfs_given=' ' block=4096 rmapbt=0 reflink=1
	letter=
	for word; do
		case $word in
		-*) letter=${word#-} && continue ;;
		esac
		# Comma by comma.
		while [ -n "$word" ]; do
			part=${word%%,*}
			word=${word#"$part"}
			word=${word#,}
			newfs_given="$newfs_given$letter.${part%%=*} "
			case $letter.$part in
			b.size=*) block=${part#*=} ;;
			m.rmapbt=*) rmapbt=${part#*=} ;;
			m.reflink=*) reflink=${part#*=} ;;
			esac
		done
	done
}

# A number of groups: no more than 1 TiB each.
groups_for() {
	if [ "$1" -lt 32 ]; then
		echo 1
	elif [ "$1" -lt 64 ]; then
		echo 2
	elif [ "$1" -lt $((4 << 20)) ]; then
		echo 4
	else
		echo $((($1 >> 20) + 2))
	fi
}

# add_defaults MIB OPTIONS...: sets $added to what the two have different defaults for and is not among the options.
add_defaults() {
	mib=$1
	shift
	look_at "$@"
	added=
	given s.size || given d.sectsize || added="$added -s size=512"
	given m.rmapbt || added="$added -m rmapbt=0"
	given i.nrext64 || added="$added -i nrext64=0"
	given d.su || given d.sunit || given d.noalign || added="$added -d noalign"
	given d.agcount || given d.agsize || added="$added -d agcount=$(groups_for "$mib")"
	given d.extszinherit || added="$added -d extszinherit=0"
	given d.daxinherit || added="$added -d daxinherit=0"
	given d.cowextsize || added="$added -d cowextsize=0"
	given l.su || given l.sunit || added="$added -l su=$block"
	if given l.size; then
		return
	elif [ "$mib" -lt 300 ]; then
		added="$added -l size=13m"
	elif [ "$block$rmapbt" = 327681 ] || [ "$block$rmapbt" = 655361 ]; then
		added="$added -l size=192m"
	else
		added="$added -l size=64m"
	fi
}

# The options of mkfs.xfs for the geometry that mkfs.xfsdax prints on standard input; they are all explicit.
spell_out() {
	awk '
		/^[a-z]/ { section = $1; sub(/=.*/, "", section) }
		{
			for (i = 1; i <= NF; i++) {
				at = index($i, "=")
				told[section "." substr($i, 1, at - 1)] = substr($i, at + 1) + 0
			}
		}
		END {
			block = told["data.bsize"]
			huge = 2097152 / block
			hint = told["meta-data.reflink"] ? huge : 0
			printf "-b size=%d -s size=%d -n size=%d ", block, told["meta-data.sectsz"], told["naming.bsize"]
			printf "-d size=%.0fb,agsize=%.0fb,extszinherit=%d,daxinherit=1,cowextsize=%d ",
				told["data.blocks"], told["meta-data.agsize"], huge, hint
			if (told["data.sunit"])
				printf "-d sunit=%d,swidth=%d ", told["data.sunit"] * block / 512, told["data.swidth"] * block / 512
			else
				printf "-d noalign "
			printf "-i size=%d,maxpct=%d,sparse=%d,nrext64=%d ", told["meta-data.isize"], told["data.imaxpct"],
				told["meta-data.sparse"], told["meta-data.nrext64"]
			printf "-l size=%.0fb,su=%d ", told["log.blocks"], told["log.sunit"] * block
			printf "-m finobt=%d,rmapbt=%d,reflink=%d,bigtime=%d,inobtcount=%d\n", told["meta-data.finobt"],
				told["meta-data.rmapbt"], told["meta-data.reflink"], told["meta-data.bigtime"],
				told["meta-data.inobtcount"]
		}'
}

# make_pair LINE: both images, which are there already, for a line of newfs.combinations. 1: a program
# failed, and said so.
# shellcheck disable=SC2086 # many words
make_pair() {
	set -- $1
	kind=both
	case $1 in
	dax | library) kind=$1 && shift ;;
	esac
	mib=$(($(stat -c %s "$ours") >> 20))
	shift
	case $kind in
	both)
		add_defaults "$mib" "$@"
		allow=
		[ $rmapbt = 1 ] || [ $reflink = 0 ] || allow=--allow-unmapped
		theirs_make $added "$@" && ours_make $allow $added "$@"
		;;
	dax)
		"$BUILD/mkfs.xfsdax" -f -N "$@" "$ours" >"$work/geometry" &&
			theirs_make $(spell_out <"$work/geometry") && ours_make "$@"
		;;
	library)
		theirs_make "$@" && "$PROGRAMS/oracle/mkfs_bytes" --write "$theirs" "$ours"
		;;
	esac
}

# Of $ours. With one group it wants to be told that this is meant.
repair_says_nothing() {
	case $(xfs_db -f -c 'sb 0' -c 'p agcount' "$ours") in
	*" = 1") xfs_repair -n -f -o force_geometry "$ours" ;;
	*) xfs_repair -n -f "$ours" ;;
	esac
}
