#!/bin/sh
# SPDX-License-Identifier: MIT
#
# big_inputs.sh OUTDIR: inputs as large as somebody will feed the program one day, made by `make
# big-inputs` in big/ of the build folder, and what each of them costs; judges nothing but that undo
# brings every byte back. No part of the tests, which count steps instead.
#
#	*.reg          registry texts, see big_inputs.py
#	services.vhd   Windows 7 with 100,000 services more
#	slack.vhd      Windows 7 whose SYSTEM has room for all of keys.reg
#	files.vhd      the same with 100,000 files in System32
#	BCD            a boot store with 10,000 objects
#	2tb.img        Windows 10 on a raw GPT disk of 2 TB, full of holes

set -eu
tests=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$tests/../fixtures" && pwd)
PATH=$PATH:/usr/sbin:/sbin
bin=$(cd "${FIXTURE_BIN:-$here}" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
. "$here/parts.sh"
. "$here/recipes.sh"

MIB=2048 # sectors

# finish NAME VOLUME-MIB: as windows7_disk does it, on a larger disk
finish() {
	windows_sectors=$(($2 * MIB))
	disk $(($2 + 12))
	mbr 0x5b7d0007
	ntfs "$work/system.ntfs" $boot_start $boot_sectors "$work/system.txt"
	ntfs "$work/windows.ntfs" $windows_start $windows_sectors "$work/windows.txt"
	put "$work/system.ntfs" $boot_start
	put "$work/windows.ntfs" $windows_start
	vhd "$1" dynamic
}

python3 "$tests/big_inputs.py" "$out"

windows7
hive "$work/SYSTEM" $windows7_sequence $windows7_texts "$out/services.reg"
finish services 160

windows7
hive "$work/SYSTEM" $windows7_sequence --slack 209715200 $windows7_texts
finish slack 320

windows7
echo 'many /Windows/System32 100000' >>"$work/windows.txt"
finish files 400

hive "$out/BCD" --minor 3 --root NewStoreRoot "$here/bcd7.reg" "$out/store.reg"

# Of the 2 TB only what the file system takes is there.
windows10
hive "$work/BCD" --minor 3 --root NewStoreRoot bcd10.reg
windows_sectors=$((4 * 1024 * 1024 * 1024 - 262144))
disk $((2 * 1024 * 1024))
table <<-EOF
	label: gpt
	start=2048, size=69632, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
	start=71680, size=2048, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE
	start=73728, size=$windows_sectors, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
EOF
efi "$work/efi.fat" 2048 69632
ntfs "$work/windows.ntfs" 73728 $windows_sectors "$work/windows.txt"
put "$work/efi.fat" 2048
python3 "$tests/sparse.py" put "$work/windows.ntfs" "$work/disk.raw" $((73728 * sector))
mv "$work/disk.raw" "$out/2tb.img"
truncate -s "$(stat -c %s "$out/2tb.img")" "$work/2tb.img"
python3 "$tests/sparse.py" put "$out/2tb.img" "$work/2tb.img" 0
rm -f "$work/windows.ntfs"
FIXTURE_BIN=$bin sh "$here/packages.sh" "$work/packages"

# ---- what they cost ----

# measure WHAT ARGUMENTS...: CPU and memory of one command; what it says counts for nothing here
measure() {
	what=$1
	shift
	/usr/bin/time -o "$work/cost" -f "%U s user, %S s system, %M KB" \
		"${S7B:?}" "$@" >"$work/said" 2>&1 || :
	echo "$what: $(tail -n 1 "$work/cost")"
}

# written FILE: the text written into a copy, verified, and taken back
written() {
	cp --sparse=always "$out/slack.vhd" "$work/disk.vhd"
	measure "$1, shown" set "$work/disk.vhd" --file "$out/$1"
	measure "$1, written" set "$work/disk.vhd" --file "$out/$1" --yes
	measure "$1, undone" undo --yes "$work/disk.vhd"
	cmp "$out/slack.vhd" "$work/disk.vhd"
	rm -f "$work/disk.vhd"*
}

# A driver added to the largest disk, and taken back. cp and cmp would read the holes.
added() {
	measure "2tb.img, a driver added" fix --yes --target kvm-virtio-blk --drivers "$work/packages/virtio" \
		"$out/2tb.img"
	grep -q 'content in free clusters' "$work/said"
	measure "2tb.img, undone" undo --yes "$out/2tb.img"
	python3 "$tests/sparse.py" same "$work/2tb.img" "$out/2tb.img"
	rm -f "$out/2tb.img".*
}

[ -x /usr/bin/time ] || exit 0
for text in keys.reg hex.reg values.reg; do
	written $text
done
measure one-value.reg set "$out/slack.vhd" --file "$out/one-value.reg"
measure deletions.reg set "$out/slack.vhd" --file "$out/deletions.reg"
measure services.vhd check "$out/services.vhd"
measure files.vhd check "$out/files.vhd"
measure BCD bcd "$out/BCD"
added
