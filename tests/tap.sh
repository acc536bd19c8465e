#!/bin/sh
# SPDX-License-Identifier: MIT
# tap.sh PROGRAM: run a test program that prints TAP, and mend what cmocka's TAP gets wrong: a
# skipped test is "not ok N # SKIP" there, and the number of failures is the exit status. A crash
# still shows: the plan is then not fulfilled, or the status comes back when no test failed.
# S7B_TIMES=FILE: adds to it the program and the times, user and system, of the shell and of the program.
out=$(mktemp) || exit 99
trap 'rm -f "$out"' EXIT
CMOCKA_MESSAGE_OUTPUT=TAP "$@" >"$out" 2>&1
status=$?
[ -z "$S7B_TIMES" ] || { echo "$*"; times; } >>"$S7B_TIMES"
sed -e 's/^not ok \([0-9]*\) # SKIP \(.*\)/ok \1 \2 # SKIP/' -e 's/^# not ok - .*//' "$out"
grep -q '^not ok' "$out" && exit 0
exit $status
