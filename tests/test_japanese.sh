#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_japanese.sh: the Japanese catalogue is whole, its screens fit their windows, and what programs
# read stays English. The locale is libc's C.UTF-8 under another name, so that none has to be made:
# catalogues are not looked up under that of C.UTF-8 itself.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

build=$(dirname "$s7b")
here=$build/tests/stop7b_here # the program with the catalogues of the build
po=$src/po/ja.po
goldens=$src/tests/goldens/ja
neutral=
for folder in /usr/lib/locale/C.utf8 /usr/lib/locale/C.UTF-8; do
	[ ! -d "$folder" ] || neutral=$folder
done
disk=win7-mbr-dynamic.vhd

# ---- the catalogue ----

sound() {
	msgfmt --check --check-format -o "$tmp/ja.mo" "$po"
}

# Every text of the source is there, none is empty, none fuzzy.
whole() {
	env -u MAKEFLAGS -u MFLAGS make -s -C "$build" pot >/dev/null 2>&1 &&
		msgcmp "$po" "$build/stop7b.pot"
}

if command -v msgcmp >/dev/null; then
	check "msgfmt finds nothing to say" sound
	check "every text has its translation" whole
else
	skip "the catalogue" "gettext is not installed"
	done_testing
	exit
fi
if [ -z "$neutral" ] || [ ! -r "$build/locale/ja/LC_MESSAGES/stop7b.mo" ]; then
	skip "the program in Japanese" "there is no C.utf8 locale to copy, or no catalogue"
	done_testing
	exit
fi
cp -r "$neutral" "$tmp/ja_JP.UTF-8"

# japanese COMMAND...: in that language
japanese() {
	LOCPATH=$tmp LC_ALL=ja_JP.UTF-8 "$@"
}

# ---- screens ----

golden() { # NAME
	[ "${S7B_UPDATE-}" != 1 ] || { mkdir -p "$goldens" && cp "$1" "$goldens/$1"; }
	diff "$goldens/$1" "$1"
}

# screen NAME SIZE KEYS: as its golden, and not wider than the window. How many bytes of a time are
# others than before is up to the clock.
screen() {
	japanese "$here" --screen "$2" --keys "$3" "$disk" >said || return 1
	sed 's/([0-9]* バイト、/(41 バイト、/' said >"$1-$2.txt"
	golden "$1-$2.txt"
}

# lines NAME COMMAND...: what the command prints, as its golden
lines() {
	name=$1.txt
	shift
	japanese "$here" "$@" >"$name"
	golden "$name"
}

# Columns of each line, counted by another hand: python's table of Unicode.
no_line_is_too_wide() {
	python3 - ./*-*x*.txt <<-END
		import re, sys, unicodedata
		for name in sys.argv[1:]:
		    room = int(re.search("-([0-9]+)x", name).group(1))
		    for line in open(name, encoding="utf-8").read().split("\n"):
		        width = sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in line)
		        if width > room:
		            sys.exit("%s: %d columns: %s" % (name, width, line))
	END
}

cp "$images/$disk" .
for size in 80x24 60x16 40x12; do
	check "$size: the list" screen list $size ''
	check "$size: the details of a driver" screen detail $size '<enter>'
	check "$size: the targets" screen targets $size t
	check "$size: the boot rehearsal" screen boot $size b
	check "$size: the review" screen review $size fa
	check "$size: facts" screen facts $size i
	check "$size: help" screen help $size '?'
done
# Every one of these writes.
for keys in '80x24 fay' '60x16 fa<pgdn><pgdn>y' '40x12 fa<pgdn><pgdn><pgdn><pgdn>y'; do
	check "${keys% *}: the result" screen result "${keys% *}" "${keys#* }"
	rm -f "$disk".stop7b-undo*
	cp "$images/$disk" .
done
check "no line is wider than its window" no_line_is_too_wide
check "columns of lines: the partitions" lines ls ls "$disk"
check "columns of lines: a boot rehearsal" lines boot boot --target physical-ahci "$disk"

# ---- what programs read ----

# same_in_english COMMAND...: the same bytes on standard output, whatever the exit status
same_in_english() {
	"$here" "$@" >english.out 2>complaints
	japanese "$here" "$@" >japanese.out 2>complaints
	[ -s english.out ] && cmp english.out japanese.out
}

json_is_english() {
	for command in check boot diff fix ls bcd reg; do
		same_in_english "$command" --json "$disk" || return 1
	done
	same_in_english targets --json
}

usage_errors_too() {
	same_in_english targets --json "$disk" && same_in_english check --json --target moon "$disk"
}

check "it speaks Japanese" says 'ブート' japanese "$here" targets
check "JSON is the same in every language" json_is_english
check "with errors of usage, too" usage_errors_too
check "so is the text for the host" same_in_english plan --add --vhd 'D:\win7.vhd' "$disk"
check "so is a registry text" same_in_english reg --export "$disk" Select
check "a fix exits as it does in English" status 0 japanese "$here" fix --yes "$disk"
done_testing
