#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_fuzz.sh: every fuzz target on its seeds, and on copies of them that are damaged, always in the
# same way. What a target finds ends it. S7B_DAMAGES says how many copies (default 400; fewer where
# one takes milliseconds). The long run with libFuzzer is `make fuzz`.

. "${S7B_SRC:?}/tests/lib.sh"

built=$(cd "${FIXTURE_BIN:?}/.." && pwd)/tests
damages=${S7B_DAMAGES:-400}

replay() { # TARGET DAMAGES
	"$built/fuzz_$1" --damage "$2" "$tmp/seeds/$1/"* >"$tmp/replay.log" 2>&1 ||
		{ grep -v ': damage' "$tmp/replay.log"; grep ': damage' "$tmp/replay.log" | tail -n 1; return 1; }
}

check "the seeds are made" sh "$src/tests/seeds.sh" "$src/fixtures" "$tmp/seeds"
for target in archive bcd boot_ini fat hive hive_check hive_edit hive_log image inf ntfs partition pe reg_text undo; do
	check "fuzz_$target holds on its seeds and $damages damaged copies of each" replay $target "$damages"
done
! adds_files || check "files are added to the seeds of fuzz_ntfs_write" env S7B_FUZZ_WRITES=1 \
	"$built/fuzz_ntfs_write" "$tmp"/seeds/ntfs_write/*
export S7B_KEYS_DISK="$tmp/seeds/keys.vhd"
check "fuzz_keys holds on its seeds and $((damages / 40)) damaged copies of each" replay keys $((damages / 40))
check "fuzz_ntfs_write holds on its seeds and $((damages / 10)) damaged copies of each" \
	replay ntfs_write $((damages / 10))

done_testing
