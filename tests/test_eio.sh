#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_eio.sh: a disk that cannot be read everywhere. Every single read of the image fails once,
# in check and in fix: a message, no crash, and whatever fix says, the image is whole.

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

check "check: every read fails once" check_survives
check "check: only 1 and 3" statuses
check "fix: all or nothing at every failing read" fix_is_all_or_nothing

done_testing
