# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the catalogue of findings as sections in man(7), so that the manual cannot differ from the program.
# Arguments: repairs.def, then the files of findings.def in its order; a section for each of these that has an entry.
# With -v names=1 and repairs.def alone: the names of the repairs, as one sentence.
# FINDING(code, severity, stake, repair, "sentence", "explanation") and REPAIR(code, "name", "sentence"), on any number of
# lines, with strings in one piece or in several.

function fail(text) {
	print FILENAME ": " text >"/dev/stderr"
	failed = 1
	exit 1
}

function roff(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/'/, "\\(aq", text)
	return text
}

function capital(text) {
	return toupper(substr(text, 1, 1)) substr(text, 2)
}

# Takes the parts between the outer brackets into args[1..]: strings without their quotation marks, words as they are.
function split_arguments(text,    i, c, string, escaped) {
	count = 1
	for (i = 1; i in args; i++)
		delete args[i]
	args[1] = ""
	string = escaped = 0
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (escaped) {
			args[count] = args[count] c
			escaped = 0
		} else if (string && c == "\\") {
			escaped = 1
		} else if (c == "\"") {
			string = !string
		} else if (string) {
			args[count] = args[count] c
		} else if (c == ",") {
			args[++count] = ""
		} else if (c !~ /[ \t]/) {
			args[count] = args[count] c
		}
	}
	if (string || escaped)
		fail("a string does not end: " text)
}

function repair_entry() {
	if (count != 3)
		fail("REPAIR has " count " arguments: " args[1])
	repairs[args[1]] = args[3]
	if (names) {
		printf "%s\\(dq%s\\(dq", entries ? ",\n" : "", roff(args[2])
		entries++
	}
}

function finding_entry(    subject) {
	if (count != 6)
		fail("FINDING has " count " arguments: " args[1])
	if (!(args[2] in severities))
		fail(args[1] ": no severity " args[2])
	if (!(args[3] in stakes))
		fail(args[1] ": no stake " args[3])
	if (!(args[4] in repairs))
		fail(args[1] ": no repair " args[4])
	if (args[5] == "" || args[6] == "")
		fail(args[1] ": no sentence or no explanation")
	if (FILENAME != section) {
		section = subject = FILENAME
		sub(/.*\//, "", subject)
		sub(/\.def$/, "", subject)
		printf ".SH %s\n", toupper(subject)
	}
	printf ".TP\n.B %s\n%s: %s.\n", args[1], capital(severities[args[2]]), roff(args[5])
	printf "At stake: %s.\n%s\n", stakes[args[3]], roff(args[6])
	if (args[4] != "NONE")
		printf ".br\nRepair: %s\n", roff(repairs[args[4]])
	entries++
}

BEGIN {
	severities["NOTE"] = "note"
	severities["WARNING"] = "warning"
	severities["ERROR"] = "error"
	stakes["NOTHING"] = "nothing"
	stakes["INDEX"] = "an index, which can be rebuilt"
	stakes["NAMES"] = "names of files"
	stakes["FILE"] = "attributes of files"
	stakes["DATA"] = "content of files"
}

FNR == 1 && collecting { fail("an entry before this file does not end") }

/^(FINDING|REPAIR)\(/ { collecting = 1; text = "" }

collecting {
	text = text $0
	if ($0 ~ /"\)$/) {
		collecting = 0
		is_repair = text ~ /^REPAIR/
		sub(/^[A-Z]+\(/, "", text)
		sub(/\)$/, "", text)
		split_arguments(text)
		if (is_repair)
			repair_entry()
		else
			finding_entry()
	}
}

END {
	if (!failed && (entries == 0 || collecting))
		fail("no entries, or the last one does not end")
	if (!failed && names)
		print "."
	exit failed
}
