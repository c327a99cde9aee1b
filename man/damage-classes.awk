# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the catalogue common/check/damage/damage.def as a list in man(7), so that the manual cannot differ from the program.
# An entry is DAMAGE(code, "name", HURT, "title", "meaning", "rebuild"), on any number of lines; no string of it holds
# an escaped quotation mark.

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

function entry(text,    strings, hurt) {
	# Split at the quotation marks: the odd parts stand between strings.
	if (split(text, strings, "\"") != 9) {
		print "damage.def: not understood: " text >"/dev/stderr"
		exit failed = 1
	}
	hurt = strings[3]
	gsub(/[ \t,]/, "", hurt)
	if (!(hurt in hurts)) {
		print "damage.def: whom does it hurt: " text >"/dev/stderr"
		exit failed = 1
	}
	printf ".TP\n.B %s\n%s \\(em %s.\n%s\n%s\n", strings[2], roff(strings[4]), hurts[hurt], roff(strings[6]),
		roff(strings[8])
	entries++
}

BEGIN {
	hurts["NOBODY"] = "nobody is hurt"
	hurts["FILE"] = "damages files"
	hurts["METADATA"] = "damages metadata"
}

/^DAMAGE\(/ { collecting = 1; text = "" }

collecting {
	text = text $0
	if ($0 ~ /"\)$/) {
		collecting = 0
		entry(text)
	}
}

END {
	if (!failed && (entries == 0 || collecting)) {
		print "damage.def: no entries, or the last one does not end" >"/dev/stderr"
		failed = 1
	}
	exit failed
}
