#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bench.sh: the budgets, measured. Not a test: it prints figures beside what they should stay under,
# and judges nothing. Run by `make bench`; needs strace for the read counts.

. "${S7B_SRC:?}/tests/lib.sh"

image=$images/big-system32.vhd
"$s7b" cat "$image" '2:\Windows\System32\config\SYSTEM' >hive
hive=$(stat -c %s hive)

seconds() { # COMMAND...: median of 9 runs, in milliseconds
	for i in 1 2 3 4 5 6 7 8 9; do
		start=$(date +%s%N)
		"$@" >/dev/null 2>&1
		echo $((($(date +%s%N) - start) / 10000))
	done | sort -n | sed -n 5p | awk '{ printf "%.2f", $1 / 100 }'
}

echo "hive: $hive bytes, $("$s7b" ls "$image" '2:\Windows\System32' | wc -l) entries in System32"
check=$(seconds "$s7b" check "$image")
cat=$(seconds cat hive)
echo "check, whole process: $check ms; cat of the hive: $cat ms (budget: 3 times that)"
if command -v strace >/dev/null; then
	strace -f -P "$(realpath "$image")" -e trace=pread64,read -o trace "$s7b" check "$image" >/dev/null
	awk -v hive="$hive" '/= [0-9]+$/ { n++; bytes += $NF }
		END { printf "image reads: %d (budget 300), %d bytes, %d beyond the hive (budget %d)\n",
			n, bytes, bytes - hive, 4 * 1048576 }' trace
else
	echo "image reads: not counted, no strace here"
fi
peak=$( (/usr/bin/time -f %M "$s7b" check "$image" >/dev/null) 2>&1 | tail -n 1)
echo "peak memory: $peak KiB (budget $(((3 * hive + 16 * 1048576) / 1024)))"
cp "$image" scratch.vhd && "$FIXTURE_BIN/../tests/bench_engine" scratch.vhd
rm -f scratch.vhd*
truncate -s 2040G huge.raw && sfdisk -q huge.raw >/dev/null 2>&1 <<END
label: gpt
start=2048, size=65536
END
qemu-img convert -U -q -f raw -O vpc -o subformat=dynamic,force_size=on huge.raw huge.vhd &&
	echo "ls of an empty 2040 GiB dynamic VHD: $(seconds "$s7b" ls huge.vhd) ms"
# The same partition table and Windows at the start of much larger disks.
qemu-img convert -U -q -f vpc -O raw "$image" small.raw
for size in 2040G 64T; do
	format=vpc options=subformat=dynamic,force_size=on
	[ $size = 2040G ] || format=vhdx options=subformat=dynamic
	qemu-img create -q -f $format -o $options big.img $size >/dev/null 2>&1 &&
		qemu-img convert -U -q -n -f raw -O $format --target-is-zero small.raw big.img 2>/dev/null &&
		echo "check of the same Windows on a $size $format: $(seconds "$s7b" check big.img) ms"
	rm -f big.img
done

# ---- a real hive ----

million() { # COMMAND...: instructions
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\)[0-9]\{6\}$/\1/p'
}

cpu() { # COMMAND...: milliseconds of the processor, the least of five runs
	for i in 1 2 3 4 5; do
		/usr/bin/time -f '%U %S' "$@" >/dev/null 2>spent
		tail -n 1 spent | awk '{ print ($1 + $2) * 1000 }'
	done | sort -n | head -n 1
}

# The same by hand: the disk, its volume, the hive, one value of it.
by_hand() { # VHD
	qemu-img convert -U -q -O raw "$1" by-hand.raw &&
		dd if=by-hand.raw of=by-hand.ntfs bs=1M skip=1 status=none &&
		ntfscat by-hand.ntfs Windows/System32/config/SYSTEM >by-hand.hive &&
		hivexget by-hand.hive Select Default
}

real() { # PACKED ARCHITECTURE NAME
	[ -f "$data/system/$1" ] || { echo "$3: no real data here"; return; }
	xz -dc "$data/system/$1" >"$work/SYSTEM"
	real_disk "$work/SYSTEM" "$2" "$3"
	cp "$3.vhd" copy.vhd
	echo "$3: hive of $(stat -c %s "$work/SYSTEM") bytes"
	echo "  check: $(million "$s7b" check copy.vhd) million instructions, $(seconds "$s7b" check copy.vhd) ms;" \
		"cat of the hive: $(seconds cat "$work/SYSTEM") ms"
	echo "  diff: $(million "$s7b" diff copy.vhd) million instructions, $(cpu "$s7b" diff copy.vhd) ms of CPU"
	echo "  fix, undo: $(cpu sh -c '"$1" fix --yes copy.vhd; cp copy.vhd fixed.vhd
		"$1" undo --yes copy.vhd' - "$s7b") ms of CPU (budget 250 each)"
	echo "  one value by hand (qemu-img, dd, ntfscat, hivexget): $(seconds by_hand copy.vhd) ms"
}

. "$src/tests/real_lib.sh"
real win7_sp1_x86_wks732.SYSTEM.xz x86 real7
real win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz x64 real10
