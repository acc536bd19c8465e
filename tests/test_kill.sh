#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_kill.sh: the program is ended at every call that changes a file, before it and in the middle
# of it, while it fixes and while it undoes: differencing disks that have to get their block first
# (the file grows; a VHD's footer moves) and a VHDX (both headers change). Whatever is left is untouched, or
# done, or recover makes it so, to the last byte.

. "${S7B_SRC:?}/tests/lib.sh"

if ! ${CC:-cc} -shared -fPIC -o kill.so "$src/tests/kill_preload.c" -ldl 2>cc.out; then
	skip "killed anywhere" "no compiler here"
	done_testing
	exit
fi
ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
export ASAN_OPTIONS

cp "$images/win7-mbr-fixed.vhd" base.vhd
child child.vhd base.vhd
qemu-img convert -U -q -f vpc -O vhdx base.vhd disk.vhdx
qemu-img convert -U -q -f vpc -O vhdx base.vhd base.vhdx
vhdx_child child.vhdx base.vhdx
base=$(sum base.vhd)
basex=$(sum base.vhdx)

killed() { # N HALF COMMAND...: it ends at the n-th changing call
	S7B_KILL_AT=$1 LD_PRELOAD=$tmp/kill.so
	export S7B_KILL_AT LD_PRELOAD
	[ -z "$2" ] || { S7B_KILL_HALF=1; export S7B_KILL_HALF; }
	shift 2
	"$@" >killed.out 2>&1
	run=$?
	unset S7B_KILL_AT S7B_KILL_HALF LD_PRELOAD
	return $run
}

fix() { "$s7b" fix --yes --undo-dir undo "$image"; }
undo() { "$s7b" undo --yes --undo-dir undo "$image"; }

fresh() {
	cp before "$image"
	rm -rf undo && mkdir undo
}

done_and_undoable() {
	status 0 "$s7b" check "$image" && status 0 undo && cmp before "$image"
}

# settle N: recover one way or the other, and see that it is one of the two
settle() {
	way=--undo
	[ $(($1 % 2)) = 0 ] || way=--finish
	"$s7b" recover --yes $way --undo-dir undo "$image" >recover.out 2>&1
	case $?,$way in
	0,--undo) cmp before "$image" ;;
	0,--finish) done_and_undoable ;;
	3,*) cmp before "$image" || done_and_undoable ;;
	*) echo "recover $way:"; cat recover.out; return 1 ;;
	esac
}

everywhere() { # PREPARE COMMAND...
	prepare=$1
	shift
	for half in "" half; do
		at=1
		while :; do
			fresh
			$prepare >/dev/null || return 1
			killed $at "$half" "$@"
			case $? in
			77) settle $at || { echo "killed at $at $half"; return 1; } ;;
			0) break ;;
			*) echo "at $at $half:"; cat killed.out; return 1 ;;
			esac
			at=$((at + 1))
			[ $at -lt 100 ] || { echo "no end"; return 1; }
		done
		[ $at -gt 5 ] || { echo "only $at calls"; return 1; }
	done
}

cp "$images/cloned-gpt.vhd" store.vhd # its boot store lies on FAT
for image in child.vhd disk.vhdx child.vhdx store.vhd; do
	cp "$image" before
	check "$image: fix, killed anywhere" everywhere true "$s7b" fix --yes --undo-dir undo "$image"
	check "$image: undo, killed anywhere" everywhere fix "$s7b" undo --yes --undo-dir undo "$image"
done
check "the parent is untouched" same_sum base.vhd "$base"
check "the VHDX parent too" same_sum base.vhdx "$basex"

done_testing
