#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_add_kill.sh: the program is ended at every call that changes a file, before it and in the middle
# of it, while it adds a driver: to a dynamic VHD, and to a differencing one that has to get its blocks
# first. From whatever is left recover makes the old disk with --undo and the new one with
# --finish; there is no third state. The clock stands still, so that the new disk is the one that a run
# without an end makes; that it boots, and that undo leads back, is seen once in each round. Every seventh
# call of many; all with S7B_EVERY=1.

. "${S7B_SRC:?}/tests/lib.sh"

if ! adds_files; then
	skip "files are added" "built without libntfs-3g"
	done_testing
	exit
fi

if ! ${CC:-cc} -shared -fPIC -o kill.so "$src/tests/kill_preload.c" -ldl 2>cc.out; then
	skip "killed anywhere" "no compiler here"
	done_testing
	exit
fi
ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
export ASAN_OPTIONS
blk="--target kvm-virtio-blk"

kill_at() { # N HALF: 77 when fix ended at its n-th changing call
	(
		S7B_KILL_AT=$1 S7B_KILL_CLOCK=1 LD_PRELOAD=$tmp/kill.so
		export S7B_KILL_AT S7B_KILL_CLOCK LD_PRELOAD
		[ -z "$2" ] || { S7B_KILL_HALF=1; export S7B_KILL_HALF; }
		exec "$s7b" fix --yes $blk --drivers "$images/packages/virtio/viostor" --undo-dir undo "$image"
	) >killed.out 2>&1
}

fresh() {
	cp before "$image" && rm -rf undo && mkdir undo
}

recover() { # WAY: from the cut
	cp cut "$image" && rm -rf undo && cp -r cut.undo undo
	"$s7b" recover --yes "$1" --undo-dir undo "$image" >recover.out 2>&1
}

is_new() { # the disk that fix makes; the first one boots, and what was done can be undone
	cmp -s after "$image" || return 1
	[ "$new" = "$new_before" ] || return 0
	"$s7b" check $blk "$image" >/dev/null && "$s7b" undo --yes --undo-dir undo "$image" >undo.out 2>&1 &&
		cmp -s before "$image"
}

third() { # AT WAY
	third=$((third + 1))
	echo "killed at $1, $2:"
	cat recover.out
}

# settle AT: both ways from what the kill left
settle() {
	cp "$image" cut && rm -rf cut.undo && cp -r undo cut.undo
	recover --undo
	case $? in
	0) old=$((old + 1)) && cmp before "$image" || third "$1" --undo ;;
	3) nothing=$((nothing + 1)) # before the record or behind its mark
		cmp -s before "$image" || is_new || third "$1" nothing
		return ;;
	*) third "$1" --undo ;;
	esac
	recover --finish && is_new && new=$((new + 1)) || third "$1" --finish
}

step=7
[ -z "${S7B_EVERY-}" ] || step=1

everywhere() {
	third=0 old=0 new=0 nothing=0
	fresh && kill_at 0 "" && cp "$image" after || { cat killed.out; return 1; }
	for half in "" half; do
		at=1 new_before=$new
		while fresh && { kill_at $at "$half"; run=$?; [ $run = 77 ]; }; do
			settle $at
			[ $at -lt 5 ] && at=$((at + 1)) || at=$((at + step))
			[ $at -lt 200 ] || return 1
		done
		[ $run = 0 ] && [ $at -gt 5 ] || { cat killed.out; return 1; }
	done
	echo "# $image: undone $old, finished $new, nothing to recover $nothing, third states $third" >counts
	[ $third = 0 ] && [ $old -gt 3 ] && [ $new = $old ]
}

cp "$images/win10-gpt-dynamic.vhd" disk.vhd
cp "$images/win7-mbr-dynamic.vhd" base.vhd
child child.vhd base.vhd
base=$(sum base.vhd)
for image in disk.vhd child.vhd; do
	cp "$image" before
	check "$image: killed anywhere" everywhere
	cat counts
done
check "the parent is untouched" same_sum base.vhd "$base"

done_testing
