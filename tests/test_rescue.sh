#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_rescue.sh: an apply was cut off, and the image is not where it was: renamed, moved, copied, with
# its record beside it or in another folder, or it no longer opens at all. Each is recovered to the old
# bytes or to the new ones; until then every command says so first and ends with 6. What must not be
# taken for the image's record is not.

. "${S7B_SRC:?}/tests/lib.sh"

if ! ${CC:-cc} -shared -fPIC -o kill.so "$src/tests/kill_preload.c" -ldl 2>cc.out; then
	skip "an apply that was cut off" "no compiler here"
	done_testing
	exit
fi

cp "$images/win7-mbr-dynamic.vhd" sound.vhd
cp sound.vhd fixed.vhd
"$s7b" fix --yes fixed.vhd >fix.out
rm -f fixed.vhd.stop7b-undo
old=$(sum sound.vhd)
new=$(sum fixed.vhd)

# half IMAGE [OPTION...]: an apply of it ends between two of its sectors
half() {
	half_image=$1
	shift
	ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 S7B_KILL_AT=${at:-9} LD_PRELOAD=$tmp/kill.so \
		"$s7b" fix --yes "$@" "$half_image" >half.out 2>&1
	[ $? = 77 ]
}

# cut_off [OPTION...]: a new disk.vhd, in the middle of an apply
cut_off() {
	rm -rf ./*.stop7b-undo* disk.vhd other.vhd elsewhere u
	mkdir u elsewhere
	cp sound.vhd disk.vhd
	half disk.vhd "$@" && ! same_sum disk.vhd "$old" && ! same_sum disk.vhd "$new"
}

goes_back() { # IMAGE [OPTION...]
	image=$1
	shift
	status 0 "$s7b" recover --yes --undo "$@" "$image" && same_sum "$image" "$old" &&
		status 3 "$s7b" recover --yes --undo "$@" "$image"
}

goes_on() { # IMAGE [OPTION...]
	image=$1
	shift
	status 0 "$s7b" recover --yes --finish "$@" "$image" &&
		status 0 "$s7b" check "$image" && status 0 "$s7b" undo --yes "$@" "$image" &&
		same_sum "$image" "$old"
}

# both WORDS IMAGE PREPARE...: cut off, prepared, and recovered one way and the other
both() {
	words=$1
	image=$2
	shift 2
	for way in goes_back goes_on; do
		check "$words: cut off" cut_off
		"$@"
		check "$words: check ends with 6" status 6 "$s7b" check "$image"
		check "$words: $way" $way "$image"
	done
}

# ---- another path ----

rename() { mv disk.vhd other.vhd; }
rename_both() { mv disk.vhd other.vhd && mv disk.vhd.stop7b-undo other.vhd.stop7b-undo; }
move() { mv disk.vhd disk.vhd.stop7b-undo elsewhere/; }
move_and_rename() { mv disk.vhd elsewhere/other.vhd && mv disk.vhd.stop7b-undo elsewhere/; }
copy() { cp disk.vhd disk.vhd.stop7b-undo elsewhere/; }

both "renamed" other.vhd rename
both "renamed with its record" other.vhd rename_both
both "moved" elsewhere/disk.vhd move
both "moved and renamed" elsewhere/other.vhd move_and_rename
both "copied to another place" elsewhere/disk.vhd copy

check "cut off" cut_off
rename
check "the record says where it was made" says "made of .*/disk\.vhd" "$s7b" recover --undo other.vhd
check "and undo --list too" says "made of .*/disk\.vhd" "$s7b" undo --list other.vhd
check "which ends with 6" status 6 "$s7b" undo --list other.vhd

# ---- a complete record finds its image as well ----

rm -rf ./*.stop7b-undo* other.vhd elsewhere && mkdir elsewhere
cp sound.vhd disk.vhd
"$s7b" fix --yes disk.vhd >fix.out
move_and_rename
check "undo of a disk that was moved and renamed" status 0 "$s7b" undo --yes elsewhere/other.vhd
check "byte for byte" same_sum elsewhere/other.vhd "$old"

# ---- what is no record of the image ----

check "cut off" cut_off
cp sound.vhd copy.vhd
check "a sound copy beside an interrupted image is not interrupted" status 1 "$s7b" check copy.vhd
check "and recover has nothing to do there" status 3 "$s7b" recover --undo copy.vhd
cp disk.vhd copy.vhd
check "a broken copy is recovered by the record that is named" \
	status 0 "$s7b" recover --yes --undo --record disk.vhd.stop7b-undo copy.vhd
check "to the old bytes" same_sum copy.vhd "$old"
check "and the original still has it" goes_back disk.vhd
rm -f copy.vhd
check "cut off" cut_off
mv disk.vhd elsewhere/other.vhd
mv disk.vhd.stop7b-undo u/
cp "$images/nowindows.vhd" unrelated.vhd
check "a record that is named for another disk is refused" \
	status 4 "$s7b" recover --yes --undo --record u/disk.vhd.stop7b-undo unrelated.vhd
check "the disk is as it was" cmp unrelated.vhd "$images/nowindows.vhd"
check "by name it is found for its own" \
	goes_back elsewhere/other.vhd --record u/disk.vhd.stop7b-undo

# ---- another folder for the record ----

marked() { cut_off --undo-dir u; }

both_marked() { # WORDS IMAGE PREPARE...
	words=$1
	image=$2
	shift 2
	for way in goes_back goes_on; do
		check "$words: cut off" marked
		"$@"
		check "$words: check ends with 6 without being told" status 6 "$s7b" check "$image"
		check "$words: $way" $way "$image"
		check "$words: the mark is gone with the record" \
			sh -c '! ls . elsewhere | grep -q stop7b-undo'
	done
}

move_marked() { mv disk.vhd disk.vhd.stop7b-undo elsewhere/; }
mount_elsewhere() { # the whole tree, the folder of the records with it
	mkdir -p away && mv disk.vhd disk.vhd.stop7b-undo u away/
}

both_marked "--undo-dir" disk.vhd true
both_marked "--undo-dir, renamed" other.vhd rename
both_marked "--undo-dir, moved" elsewhere/disk.vhd move_marked
for way in goes_back goes_on; do
	rm -rf away
	check "--undo-dir: cut off" marked
	mount_elsewhere
	check "--undo-dir, mounted elsewhere: $way" $way away/disk.vhd
done
check "cut off" marked
rm -f disk.vhd.stop7b-undo
mv disk.vhd other.vhd
check "without the mark the folder is searched when it is named" goes_back other.vhd --undo-dir u
check "cut off" marked
mv u v
check "a folder that is not there is named" says "kept in .*/u, which is not there" "$s7b" check disk.vhd
check "and nothing is written beside it" status 4 "$s7b" fix --yes disk.vhd
check "until it is named" goes_back disk.vhd --undo-dir v
rm -rf v

# records beside the image and in the folder: the newest is taken back first
rm -rf ./*.stop7b-undo* u && mkdir u
cp sound.vhd disk.vhd
"$s7b" set --yes disk.vhd Select LastKnownGood dword 7 >set.out
first=$(sum disk.vhd)
"$s7b" fix --yes --undo-dir u disk.vhd >fix.out
check "the mark is no record" says '^S7BMARK' cat disk.vhd.stop7b-undo
check "the older record made way" test -f disk.vhd.stop7b-undo.1
check "a later write follows the mark" status 0 "$s7b" set --yes disk.vhd Select LastKnownGood dword 9
check "two records there" test "$(find u -type f | wc -l)" = 2
check "undo" status 0 "$s7b" undo --yes disk.vhd
check "undo again" status 0 "$s7b" undo --yes disk.vhd
check "the first change is left" same_sum disk.vhd "$first"
check "the mark is gone" test ! -e disk.vhd.stop7b-undo
check "and undo again" status 0 "$s7b" undo --yes disk.vhd
check "byte for byte" same_sum disk.vhd "$old"

# ---- links ----

check "cut off" cut_off
ln disk.vhd other.vhd
check "another name of the same file" status 6 "$s7b" check other.vhd
check "is recovered by it" goes_back other.vhd
check "which is warned of before a write" says 'has 2 names' "$s7b" diff disk.vhd
rm -f other.vhd

# ---- what stands at the name ----

for what in fifo link device; do
	cp sound.vhd disk.vhd
	rm -f disk.vhd.stop7b-undo
	case $what in
	fifo) mkfifo disk.vhd.stop7b-undo ;;
	link) ln -s fixed.vhd disk.vhd.stop7b-undo ;;
	device) ln -s /dev/zero disk.vhd.stop7b-undo ;;
	esac
	check "$what: named" says 'stop7b-undo stands at the name of an undo record and is none' \
		timeout 20 "$s7b" check disk.vhd
	check "$what: undo does not open it" status 3 timeout 20 "$s7b" undo --yes disk.vhd
	check "$what: nothing is written" status 4 timeout 20 "$s7b" fix --yes disk.vhd
	check "$what: the image is as it was" same_sum disk.vhd "$old"
	rm -f disk.vhd.stop7b-undo
done

# ---- long names ----

long=$(printf '%0251d' 0).vhd
cp sound.vhd "$long"
check "a name of 255 bytes: cut off" half "$long"
check "a name of 255 bytes: back" goes_back "$long"
check "a name of 255 bytes: fix" status 0 "$s7b" fix --yes "$long"
check "a name of 255 bytes: undo" status 0 "$s7b" undo --yes "$long"
check "a name of 255 bytes: fix into a folder" status 0 "$s7b" fix --yes --undo-dir u "$long"
check "a name of 255 bytes: undo from there" status 0 "$s7b" undo --yes "$long"
check "byte for byte" same_sum "$long" "$old"
rm -f "$long"

# ---- an image that no longer opens ----

# spoil IMAGE: its footer copies and dynamic header, which no apply writes
spoil() {
	dd if=/dev/zero of="$1" bs=512 count=3 conv=notrunc status=none
	dd if=/dev/zero of="$1" bs=512 seek=$(($(stat -c %s "$1") / 512 - 1)) count=1 conv=notrunc \
		status=none
}

cp sound.vhd spoiled.vhd
spoil spoiled.vhd
spoiled_old=$(sum spoiled.vhd)
rm -f ./*.stop7b-undo*
cp sound.vhd disk.vhd
"$s7b" fix --yes disk.vhd >fix.out
spoil disk.vhd
check "it does not open" status 3 "$s7b" check disk.vhd
check "which says that it can be taken back" says 'taken back with stop7b undo' "$s7b" check disk.vhd
check "undo says why only bytes are known" says 'cannot be read' "$s7b" undo disk.vhd
check "undo puts it back" status 0 "$s7b" undo --yes disk.vhd
check "every byte that the record holds" same_sum disk.vhd "$spoiled_old"
check "cut off" cut_off
spoil disk.vhd
spoiled=$(sum disk.vhd)
check "cut off and it does not open" status 6 "$s7b" check disk.vhd
check "finish does not say FINISHED" status 5 "$s7b" recover --yes --finish disk.vhd
check "it stays interrupted" status 6 "$s7b" check disk.vhd
check "undo puts it back" status 0 "$s7b" recover --yes --undo disk.vhd
check "every byte that the record holds" same_sum disk.vhd "$spoiled_old"

# ---- every command says so ----

check "cut off" cut_off
key='ControlSet001\Services\msahci'
printf 'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\r\n' >x.reg
for call in "check disk.vhd" "check --json disk.vhd" "check disk.vhd sound.vhd" "boot disk.vhd" \
	"boot --json disk.vhd" "diff disk.vhd" "diff --json disk.vhd" "fix disk.vhd" \
	"fix --yes disk.vhd" "fix --json --yes disk.vhd" "set disk.vhd $key Start dword 0" \
	"set --yes --file x.reg disk.vhd" "undo disk.vhd" "undo --yes disk.vhd" "undo --list disk.vhd" \
	"ls disk.vhd" "ls --json disk.vhd" "ls disk.vhd 2:\\Windows" "cat disk.vhd 2:\\Windows\\win.ini" \
	"reg disk.vhd" "reg --json disk.vhd Select" "bcd disk.vhd:1:\\Boot\\BCD" \
	"plan --bcd sound.vhd:1:\\Boot\\BCD disk.vhd" "disk.vhd"; do
	# shellcheck disable=SC2086
	check "$call ends with 6" status 6 "$s7b" $call
	# shellcheck disable=SC2086
	check "$call says so" says 'an earlier apply .*was interrupted' "$s7b" $call
done
check "check --json says it in its object" test \
	"$("$s7b" check --json disk.vhd 2>said.err | jq -c '[.interrupted, .exit]')" = '[true,6]'
check "nothing of that wrote" status 0 "$s7b" recover --yes --undo disk.vhd
check "byte for byte" same_sum disk.vhd "$old"

# ---- a run without --yes, and its last line pasted ----

cat >argv.sh <<'END'
for word; do printf '%s\0' "$word"; done >"$ARGV"
END
last_line() { tail -1 "$1" | sed 's/^ *//'; }

# pasted FILE WORD...: the last line of FILE, given to bash, is a call with these words
pasted() {
	file=$1
	shift
	bash -c "stop7b() { ARGV=got sh ./argv.sh \"\$@\"; }; $(last_line "$file")" || return 1
	ARGV=wanted sh ./argv.sh "$@"
	cmp got wanted || { last_line "$file"; return 1; }
}

if command -v bash >bash.path; then
	odd=$(printf "it's \$a \033[1m!\\\\ \377 \346\227\245.vhd")
	cp sound.vhd "$odd"
	"$s7b" fix --undo-dir u "$odd" >dry.out
	check "fix: the last line pasted" pasted dry.out fix --yes --undo-dir u "$odd"
	check "fix: says first that nothing is written" \
		sh -c 'head -1 dry.out | grep -q "nothing is written yet"'
	check "fix: how many changes" says 'Nothing was written. To write these 3 changes:' cat dry.out
	"$s7b" --undo-dir=u set "$odd" 'Select' 'a b' sz '' "x
y" >dry.out 2>&1
	"$s7b" --undo-dir=u set -- "$odd" 'Select' 'LastKnownGood' dword 3 >dry.out
	check "set: the last line pasted" \
		pasted dry.out set --yes --undo-dir=u -- "$odd" Select LastKnownGood dword 3
	"$s7b" fix --yes "$odd" >fix.out
	"$s7b" undo "$odd" >dry.out
	check "undo: the last line pasted" pasted dry.out undo --yes "$odd"
	check "undo: says first that nothing is written" \
		sh -c 'head -1 dry.out | grep -q "nothing is written yet"'
	check "cut off" cut_off
	"$s7b" recover --finish disk.vhd >dry.out
	check "recover: the last line pasted" pasted dry.out recover --yes --finish disk.vhd
	"$s7b" fix "$images/dirty-volume.vhd" >dry.out 2>&1
	check "a guard is named, and allowed in the line" \
		pasted dry.out fix --yes --allow dirty-volume "$images/dirty-volume.vhd"
	"$s7b" fix "$images/hibernated.vhd" >dry.out 2>&1
	check "one that nothing overrides ends it" says 'nothing can be: hibernated' cat dry.out
	"$s7b" fix --json disk.vhd >dry.out 2>&1
	check "JSON has no such line" sh -c '! grep -q "Nothing was written" dry.out'
else
	skip "a run without --yes" "no bash here"
fi

done_testing
