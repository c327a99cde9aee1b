# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From commands for xfs_db that print structures (the first file: "echo @ PLACE", commands that go there, "p") and what it
# printed (the second): a line for each field that it can name. CLASS, the field with [] for each index, the commands that
# go to the place, the field; between tabs. A class is a kind of structure, and what kind of instance of it.

BEGIN {
	OFS = "\t"
}
FNR == NR && /^echo @ / {
	place = substr($0, 8)
	next
}
FNR == NR {
	if ($0 != "p")
		address[place] = address[place] (address[place] == "" ? "" : ";") $0
	next
}
/^@ / {
	flush()
	place = substr($0, 3)
	sub(/ +$/, "", place)
	next
}
match($0, /^[a-z_][][a-z0-9_.-]* = /) {
	name = substr($0, 1, RLENGTH - 3)
	rest = substr($0, RLENGTH + 1)
	if (rest != "(empty)" && !(name in value)) {
		order[++count] = name
		value[name] = rest
	}
}
END {
	flush()
}

function flush(   i, class) {
	class = count ? class_of_place() : ""
	# A quota record that is not there leaves xfs_db where it was.
	if (class == "dquot" && !("diskdq.magic" in value))
		count = 0
	for (i = 1; i <= count; i++)
		expand(class, order[i], value[order[i]])
	count = 0
	delete value
}

# A range of elements, and elements with members: "recs[1-2] = [startblock,blockcount] 1:[...".
function expand(class, name, rest,   members, member, base, range, first, last, i, k, one) {
	members = match(rest, /^\[[a-z0-9_,]*\]/) ? split(substr(rest, 2, RLENGTH - 2), member, ",") : 0
	base = name
	first = last = -1
	if (match(name, /\[[0-9]+-[0-9]+\]$/)) {
		base = substr(name, 1, RSTART - 1)
		split(substr(name, RSTART + 1, RLENGTH - 2), range, "-")
		first = range[1] + 0
		last = range[2] + 0
	}
	for (i = first; i <= last; i++) {
		one = first < 0 ? base : base "[" i "]"
		if (members == 0)
			say(class, one)
		for (k = 1; k <= members; k++)
			say(class, one "." member[k])
	}
}

function say(class, field,   general) {
	general = field
	gsub(/\[[0-9]+\]/, "[]", general)
	print class, general, address[place], field
}

function class_of_place(   word, kind) {
	split(place, word, " ")
	kind = word[1] == "inode" && word[3] != "" ? word[3] : word[1]
	if (kind == "sb")
		return word[2] == 0 ? "sb-first" : "sb-copy"
	if (kind == "data" || kind == "attr")
		return class_of_block(kind)
	if (kind == "inode")
		return class_of_inode()
	if (kind ~ /bt$/ || kind ~ /^bmap/)
		return kind (value["level"] == 0 ? "-leaf" : "-node")
	return kind
}

function class_of_block(kind) {
	if ("bhdr.hdr.magic" in value)
		return "dir-block"
	if ("dhdr.hdr.magic" in value)
		return "dir-data"
	if ("fhdr.hdr.magic" in value)
		return "dir-free"
	if ("nhdr.info.hdr.magic" in value)
		return "dir-node"
	if ("lhdr.info.hdr.magic" in value)
		return value["lhdr.info.hdr.magic"] == "0x3df1" ? "dir-leaf1" : "dir-leafn"
	if (value["hdr.info.hdr.magic"] == "0x3ebe")
		return "attr-node"
	if (value["hdr.info.hdr.magic"] == "0x3bee")
		return "attr-leaf"
	return kind == "data" ? "symlink" : "attr-remote"
}

function class_of_inode(   mode, type) {
	mode = value["core.mode"]
	sub(/^0+/, "", mode)
	if (mode == "")
		return "inode-free"
	type = substr(mode, 1, length(mode) - 4)
	type = type == "10" ? "file" : type == "12" ? "link" : type == "4" ? "dir" : "special"
	return "inode-" type "-" format("core.format") "-" (value["core.forkoff"] == 0 ? "none" : format("core.aformat"))
}

# "2 (extents)"
function format(name,   word) {
	split(value[name], word, /[()]/)
	return word[2]
}
