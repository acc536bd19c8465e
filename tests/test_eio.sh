#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_eio.sh: a disk that cannot be read everywhere. Every single read of the image fails once,
# in check and in fix: a message, no crash, and whatever fix says, the image is whole. Then a disk that
# cannot be written: every changing call of a fix fails, once or from there on, with one of the
# numbers in turn (each of them with S7B_EIO_ALL): EIO, EFBIG, ENOSPC, EDQUOT, EINTR, a short write.

. "${S7B_SRC:?}/tests/lib.sh"

if ! ${CC:-cc} -shared -fPIC -o eio.so "$src/tests/eio_preload.c" -ldl 2>cc.out; then
	skip "every read fails once" "no compiler here"
	done_testing
	exit
fi
ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
export ASAN_OPTIONS

cp "$images/win7-mbr-dynamic.vhd" disk.vhd
before=$(sum disk.vhd)

failing() { # N COMMAND...: the n-th read of the image fails
	S7B_EIO_FILE=$tmp/disk.vhd S7B_EIO_AT=$1 LD_PRELOAD=$tmp/eio.so
	export S7B_EIO_FILE S7B_EIO_AT LD_PRELOAD
	shift
	"$@" >"$tmp/run.out" 2>&1
	run=$?
	unset S7B_EIO_FILE S7B_EIO_AT LD_PRELOAD
	return $run
}

# reads that check does; every one of them fails once
check_survives() {
	at=1
	while failing $at "$s7b" check disk.vhd; [ $? != 1 ] || grep -qi 'input/output' run.out; do
		run=$?
		at=$((at + 1))
		[ $at -lt 200 ] || { echo "no end"; return 1; }
		[ "$(sum disk.vhd)" = "$before" ] || { echo "read $at: image changed"; return 1; }
	done
	echo "$at reads"
	[ $at -gt 5 ]
}

# the statuses that a read error may give: 1 judged without that part, 3 cannot read
statuses() {
	at=1
	while [ $at -lt 30 ]; do
		failing $at "$s7b" check disk.vhd
		run=$?
		[ $run = 1 ] || [ $run = 3 ] || { echo "read $at: exit $run"; cat run.out; return 1; }
		at=$((at + 1))
	done
}

# fix: done and right, or refused with the image as it was
fix_is_all_or_nothing() {
	at=1 done=0
	while [ $done -lt 3 ]; do
		cp "$images/win7-mbr-dynamic.vhd" disk.vhd
		rm -rf undo && mkdir undo
		failing $at "$s7b" fix --yes --undo-dir undo disk.vhd
		run=$?
		case $run in
		0)
			status 0 "$s7b" check disk.vhd || return 1
			status 0 "$s7b" undo --yes --undo-dir undo disk.vhd || return 1
			done=$((done + 1))
			;;
		1 | 3 | 4 | 5) done=0 ;;
		*) echo "read $at: exit $run"; cat run.out; return 1 ;;
		esac
		same_sum disk.vhd "$before" || { echo "read $at: exit $run"; cat run.out; return 1; }
		at=$((at + 1))
		[ $at -lt 400 ] || { echo "no end"; return 1; }
	done
	echo "$at reads"
}

# told CALL: does what fix said fit the image?
told() {
	if grep -q 'may stand half written' run.out; then
		half=$((half + 1))
		"$s7b" recover --yes --undo --undo-dir undo grow.vhd >recover.out 2>&1 ||
			{ echo "$1: recover: $?"; cat run.out recover.out; return 1; }
	elif grep -q 'all new bytes are written' run.out; then
		full=$((full + 1))
		"$s7b" undo --yes --undo-dir undo grow.vhd >recover.out 2>&1 ||
			"$s7b" recover --yes --undo --undo-dir undo grow.vhd >>recover.out 2>&1 ||
			{ echo "$1: undo: $?"; cat run.out recover.out; return 1; }
	elif ! grep -Eq 'untouched|nothing was written|restored byte for byte' run.out; then
		echo "$1: no state"
		cat run.out
		return 1
	fi
	same_sum grow.vhd "$grow" || { echo "$1:"; cat run.out; return 1; }
}

# fix on a disk that has to grow, at every changing call
writes_fail() { # AND-AFTER ERRNO...: the n-th call gets the n-th of them
	on=$1 at=1 made=0 half=0 full=0
	shift
	while [ $made -lt 4 ] || [ $at -lt 26 ]; do
		cp before.vhd grow.vhd
		rm -rf undo grow.vhd.stop7b-undo && mkdir undo
		S7B_EIO_AT=$at S7B_EIO_ERRNO=$1 LD_PRELOAD=$tmp/eio.so
		export S7B_EIO_AT S7B_EIO_ERRNO LD_PRELOAD
		[ -z "$on" ] || { S7B_EIO_ON=1; export S7B_EIO_ON; }
		"$s7b" fix --yes --undo-dir undo grow.vhd >run.out 2>&1
		run=$?
		unset S7B_EIO_AT S7B_EIO_ERRNO S7B_EIO_ON LD_PRELOAD
		case $run in
		0) made=$((made + 1)) ;;
		5) told "call $at, error $1" || return 1
			case $1 in 0 | 4) ;; *) made=0 ;; esac ;;
		*) echo "call $at, error $1: exit $run"; cat run.out; return 1 ;;
		esac
		at=$((at + 1))
		[ $# = 1 ] || { set -- "$@" "$1"; shift; }
		[ $at -lt 300 ] || { echo "no end"; return 1; }
	done
	counts="$counts $at calls, $half half written, $full written whole;"
	[ $at -gt 10 ]
}

check "check: every read fails once" check_survives
check "check: only 1 and 3" statuses
check "fix: all or nothing at every failing read" fix_is_all_or_nothing

cp "$images/win7-mbr-fixed.vhd" base.vhd
child before.vhd base.vhd
cp before.vhd grow.vhd
grow=$(sum grow.vhd)
counts=
if [ -n "${S7B_EIO_ALL:-}" ]; then
	for error in 5 27 28 122 4 0; do
		check "every write fails once with $error" writes_fail "" $error
	done
	for error in 5 27 28 122; do
		check "every write fails from there on with $error" writes_fail on $error
	done
else
	check "every write fails once" writes_fail "" 28 122 5 27
	check "every write is interrupted, or short" writes_fail "" 4 0
	check "every write fails from there on" writes_fail on 122 28 27
fi
echo "# every other failure left the image as it was:$counts"

done_testing
