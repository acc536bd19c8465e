#!/bin/sh
# SPDX-License-Identifier: MIT
#
# generated.sh: the manual's synopsis and the shell completion repeat the program's tables; do they
# say the same? With S7B_UPDATE=1, or by `make update-generated`, they are written anew. Also: the
# manual explains every option, and the completion completes.

. "${S7B_SRC:?}/tests/lib.sh"

generate=${GENERATE:?names the generator}

# splice FILE PART: FILE with what the generator prints between the two marks
splice() {
	"$generate" "$2" >part || return 1
	awk '
	/end of what is generated/ { skip = 0 }
	!skip { print }
	/generated from the program.s tables/ {
		skip = 1
		while ((getline line <"part") > 0) print line
	}' "$1"
}

agrees() { # FILE PART
	splice "$src/$1" "$2" >new || return 1
	grep -q 'end of what is generated' new || { echo "$1 has no mark to end at"; return 1; }
	[ -z "${S7B_UPDATE-}" ] || cat new >"$src/$1"
	diff -u "$src/$1" new
}

check "the manual's synopsis" agrees man/stop7b.1 synopsis
check "the same in Japanese" agrees man/ja/stop7b.1 synopsis
check "the shell completion" agrees completions/stop7b completion

# ---- the manual ----

grep -oE -e '--[a-z][a-z-]+' "$src/completions/stop7b" | sort -u >options
check "options are found" sh -c '[ "$(wc -l <options)" -ge 25 ]'
sed -n '/end of what is generated/,$p' "$src/man/stop7b.1" | sed 's/\\-/-/g' >manual
sed -n '/end of what is generated/,$p' "$src/man/ja/stop7b.1" | sed 's/\\-/-/g' >manual.ja
while read -r option; do
	check "the manual explains $option" grep -qwe "$option" manual
	check "in Japanese, too" grep -qwe "$option" manual.ja
done <options
if command -v man >/dev/null; then
	for page in man/stop7b.1 man/ja/stop7b.1; do
		check "$page is well formed" sh -c \
			'man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null | grep . && exit 1; exit 0' - "$src/$page"
	done
else
	skip "the manual is well formed" "man is not here"
fi

# ---- completion ----

# completes EXPECTED WORD...: what bash offers behind the words, the last one being completed
completes() {
	expected=$1
	shift
	got=$(bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _stop7b
		printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "' - "$src/completions/stop7b" "$@")
	[ "$got" = "$expected" ] || { echo "got $got, not $expected"; return 1; }
}

if command -v bash >/dev/null; then
	: >disk.vhd
	mkdir -p folder
	check "a command" completes 'reg' stop7b reg
	check "or an image" completes 'disk.vhd' stop7b disk
	check "an option of the command" completes '--undo --undo-dir' stop7b recover --und
	check "none of another" completes '' stop7b fix --fin
	check "of the screen" completes '--bcd' stop7b --b
	check "a target" completes 'physical-ahci' stop7b check --target physical-a
	check "behind =" completes 'physical-ahci' stop7b check --target = physical-a
	check "a guard" completes 'dirty-volume log-partial ntfs-log saved-state unsigned' stop7b fix --allow ''
	check "a format" completes 'cmd json md' stop7b plan --format ''
	check "a rule" completes 'X1' stop7b explain X1
	check "and its other words" completes 'offline' stop7b explain off
	check "a folder" completes 'folder' stop7b fix --undo-dir f
	check "an operand" completes 'disk.vhd' stop7b fix --yes d
	check "a value is no command" completes '--only' stop7b --target check fix --onl
else
	skip "completion" "bash is not here"
fi

done_testing
