#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_block_device.sh: images on block devices (a logical volume, an nbd device), played by files
# that answer like one. What is there is written in place, with the record elsewhere; what would
# need a longer device is refused.

. "${S7B_SRC:?}/tests/lib.sh"

if ! ${CC:-cc} -shared -fPIC -o blk.so "$src/tests/block_preload.c" -ldl 2>cc.out; then
	skip "block devices" "no compiler here"
	done_testing
	exit
fi
ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
export ASAN_OPTIONS

on_device() { # COMMAND...: files named *.blk are block devices
	LD_PRELOAD=$tmp/blk.so
	export LD_PRELOAD
	"$@"
	on_device=$?
	unset LD_PRELOAD
	return $on_device
}

# ---- in place ----

mkdir records
head -c -512 "$images/win7-mbr-fixed.vhd" >raw.blk
cp "$images/win7-mbr-dynamic.vhd" dynamic.blk
for disk in raw.blk dynamic.blk; do
	before=$(sum $disk)
	check "$disk: parked" status 1 on_device "$s7b" check $disk
	check "$disk: no record without --undo-dir" status 4 on_device "$s7b" fix --yes $disk
	check "$disk: that is said" says 'undo-dir' on_device "$s7b" fix --yes $disk
	check "$disk: nothing was written" same_sum $disk "$before"
	check "$disk: fix" status 0 on_device "$s7b" fix --yes --undo-dir records $disk
	check "$disk: boots" status 0 on_device "$s7b" check $disk
	check "$disk: it is another disk" test "$(sum $disk)" != "$before"
	check "$disk: undo" status 0 on_device "$s7b" undo --yes --undo-dir records $disk
	check "$disk: every byte is back" same_sum $disk "$before"
done

# ---- a child that would have to grow ----

cp "$images/win7-mbr-fixed.vhd" base.vhd
child child.blk base.vhd
cp child.blk child.vhd
before=$(sum child.blk)
check "the same child in a file can grow" status 1 "$s7b" diff child.vhd
check "on a device it is refused" status 4 on_device "$s7b" fix --yes --undo-dir records child.blk
check "with the reason" says 'a VHD on a block device cannot become longer' on_device \
	"$s7b" fix --yes --undo-dir records child.blk
check "nothing was written" same_sum child.blk "$before"

done_testing
