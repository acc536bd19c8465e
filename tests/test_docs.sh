#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_docs.sh: do the documents, and the sources that the code and `explain` name, lead anywhere?
# What is asked is in docs.py. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

if ! command -v python3 >/dev/null; then
	skip "documents" "python3 is not here"
	done_testing
	exit
fi

docs() {
	(cd "$src" && python3 tests/docs.py "$@")
}

# RULE, tab, its source on one line; for every rule and for what cannot be seen
explained() {
	{ "$s7b" explain; "$s7b" explain offline; } | awk '$1 ~ /^[A-Z][0-9]+$/ { print $1 }' | sort -u |
		while read -r rule; do
			"$s7b" explain "$rule" | awk -v rule="$rule" '
			/^   Source / { on = 1; sub(/^   Source +/, ""); printf "%s\t", rule }
			on { sub(/^ +/, ""); printf "%s%s", said++ ? " " : "", $0 }
			END { print "" }'
		done
}

check "each source in a comment can be opened" docs sources
explained >"$tmp/explained"
check "each source that explain prints can be opened" docs explain <"$tmp/explained"
check "what the documents name is there" docs links
check "each page of facts is in the index" docs pages

# ---- the pages that are followed ----

follow() { # DOCUMENT: in a folder with the disks that it names
	rm -rf follow && mkdir follow
	for pair in disk:win7-mbr-dynamic ten:win10-gpt-dynamic clone:cloned-mbr hibernated:hibernated; do
		cp "$images/${pair#*:}.vhd" "follow/${pair%:*}.vhd"
	done
	ln -s "$images/packages" follow/packages
	(cd follow && PATH=$(dirname "$s7b"):$PATH python3 "$src/tests/docs_run.py" "$src/doc/$1")
}
if adds_files; then
	check "the tutorial" follow TUTORIAL.md
else
	skip "the tutorial" "built without libntfs-3g"
fi
check "from a virtual machine to a PC and back" follow NATIVE-BOOT.md
check "from the symptom to the command" follow FIELD-GUIDE.md
check "many disks" follow FLEET.md
done_testing
