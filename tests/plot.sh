#!/bin/sh
# SPDX-License-Identifier: MIT
#
# plot.sh: how the cost of looking grows with what is looked at. `check` for a machine that needs no
# repair is counted in instructions, which do not depend on what else the machine does, over the size
# of the hive, the number of services, the size of the disk and the number of its parents. Run by `make
# plot`, which keeps the figures in doc/costs.dat and draws doc/costs.svg from them. Needs valgrind,
# qemu-img, jq and gnuplot. Takes some minutes.

. "${S7B_SRC:?}/tests/lib.sh"
here=$src/fixtures bin=$FIXTURE_BIN work=$tmp/work out=$tmp
mkdir -p "$work"
. "$src/fixtures/parts.sh"
. "$src/fixtures/recipes.sh"

costs() { # IMAGE: million instructions
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		"$s7b" check --target vmware-lsi-sas "$1" 2>&1 >/dev/null |
		sed -n 's/.*Collected : //p' | awk '{ printf "%.2f", $1 / 1000000 }'
}

point() { # SERIES X IMAGE
	echo "$1 $2 $(costs "$3")"
}

# disk_with MIB: the Windows 7 disk around the hive in $work, its volume so large
disk_with() {
	windows_sectors=$(($1 * 2048))
	disk $(($1 + 12))
	mbr 0x5b7d0007
	ntfs "$work/system.ntfs" $boot_start $boot_sectors "$work/system.txt"
	ntfs "$work/windows.ntfs" $windows_start $windows_sectors "$work/windows.txt"
	put "$work/system.ntfs" $boot_start
	put "$work/windows.ntfs" $windows_start
	vhd point dynamic
}

hives() { # the same content, and so many MiB without any
	for mib in 1 4 16 64 200; do
		windows7
		hive "$work/SYSTEM" $windows7_sequence --slack $((mib * 1048576)) $windows7_texts
		disk_with $((mib + 40))
		point hive $mib point.vhd
	done
}

services() {
	for n in 100 1000 10000 100000; do
		windows7
		awk -v n=$n 'BEGIN {
			print "Windows Registry Editor Version 5.00\n"
			for (i = 0; i < n; i++)
				printf "[ControlSet001\\services\\Big %06d]\n\"Type\"=dword:00000001\n" \
					"\"Start\"=dword:00000003\n\"ErrorControl\"=dword:00000001\n\n", i
		}' >"$work/more.reg"
		hive "$work/SYSTEM" $windows7_sequence $windows7_texts "$work/more.reg"
		disk_with 160
		point services $n point.vhd
	done
}

disks() { # the same table and Windows at the start of larger disks, in GiB
	qemu-img convert -U -q -f vpc -O raw "$images/win7-mbr-dynamic.vhd" small.raw
	for gib in 1 16 256 2040 16384 65536; do
		qemu-img create -q -f vhdx -o subformat=dynamic point.vhdx ${gib}G
		qemu-img convert -U -q -n -f raw -O vhdx --target-is-zero small.raw point.vhdx 2>/dev/null
		point disk $gib point.vhdx
		rm -f point.vhdx
	done
}

parents() {
	qemu-img convert -U -q -f vpc -O vhdx -o subformat=dynamic \
		"$images/win7-mbr-dynamic.vhd" 0.vhdx
	size=$(qemu-img info -U --output=json -f vhdx 0.vhdx | jq '."virtual-size"')
	for n in $(seq 60); do
		qemu-img create -q -f vhdx -o subformat=dynamic,block_state_zero=off $n.vhdx "$size"
		"$bin/vhdxchild" $n.vhdx $((n - 1)).vhdx
		case $n in 1 | 2 | 5 | 10 | 20 | 40 | 60) point parents $n $n.vhdx ;; esac
	done
}

figures=$src/doc/costs.dat
{
	echo "# million instructions of check: series, x, cost. Made by make plot."
	hives
	services
	disks
	parents
} >figures && cp figures "$figures"

gnuplot <<END
set terminal svg size 860,560 font "sans,12" background "white"
set output "$src/doc/costs.svg"
set multiplot layout 2,2 title "stop7b check: million instructions"
set logscale x
set grid
set key off
set style data linespoints
set yrange [0:*]
draw(name) = sprintf("< grep '^%s ' $figures", name)
set xlabel "MiB of the hive, the same content"
plot draw("hive") using 2:3
set xlabel "GiB of the disk"
plot draw("disk") using 2:3
unset logscale x
set xlabel "parents of the disk"
plot draw("parents") using 2:3
set logscale xy
set yrange [*:*]
set xlabel "services, both axes logarithmic"
plot draw("services") using 2:3
END
