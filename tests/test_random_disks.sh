#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_random_disks.sh: disks put together by chance, whose verdict is known, see random_disks.py; a sample.
# `make random-disks N=1000 SEED=2` takes as many as one likes. S7B_RANDOM_KEEP names a folder for those that are
# told otherwise. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

export TMPDIR="$tmp"
count=${S7B_RANDOM_DISKS:-20}
told() {
	python3 -B "$src/tests/random_disks.py" --count "$count" --seed "${S7B_SEED:-1}" \
		${S7B_RANDOM_KEEP:+--keep "$S7B_RANDOM_KEEP"}
}
check "$count disks are told, mended and put back as is known of them" told
[ -z "${S7B_RANDOM_DISKS-}" ] || tail -n 1 "$tmp/said" | sed 's/^/# /'
done_testing
