#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_others.sh: known faults of other people's programs, each seen on a small file. The project's
# code or its tests step around each of them; when one goes away the test fails and says what is no
# longer needed. The list with its versions: doc/FORMATS/libraries.md. libvhdi's sector bitmaps need
# a call of the library: tests/test_vhd_child.c.

. "${S7B_SRC:?}/tests/lib.sh"

# is WRONG RIGHT WHERE COMMAND...: what the command prints is WRONG still
is() {
	wrong=$1 right=$2 where=$3
	shift 3
	got=$("$@" 2>err.out)
	[ "$got" != "$wrong" ] || return 0
	if [ "$got" = "$right" ]; then
		echo "it does it right now: remove the exemption in $where"
	else
		echo "it does \"$got\", which is neither the known fault nor right; see $where"
		cat err.out
	fi
	return 1
}

# fault PROGRAM TEXT WRONG RIGHT WHERE COMMAND...: skipped where the program is not installed
fault() {
	program=$1 text="$1: $2"
	shift 2
	if command -v "$program" >/dev/null; then
		check "$text" is "$@"
	else
		skip "$text" "no $program"
	fi
}

ends() { # COMMAND...: prints the exit status
	"$@" >ends.out 2>&1
	echo $?
}

# ---- hives ----

hive() { # NAME LINE...: a hive with one key, A, of these lines
	name=$1
	shift
	printf '%s\n' 'Windows Registry Editor Version 5.00' '' '[A]' "$@" >"$name.reg"
	"$FIXTURE_BIN/mkhive" "$name.reg" "$name.hive"
}

hive three '"V"=hex:41,42,43'
hive one '"V"=hex(1):41'
hive half '"V"=hex:00,00,00,00' '' '[A\half{U+D800}pair]' '"V"=hex:00,00,00,00'

three_bytes() {
	regfexport three.hive | sed -n 's/^00000000: \([0-9a-f ]*[0-9a-f]\)  .*/\1/p'
}

one_byte() {
	regfexport one.hive | sed -n 's/^Data size: //p'
}

listed_by_hivex() {
	printf 'cd \\A\nls\n' | hivexsh half.hive | grep -c half
}

exported_by_reged() {
	reged -x half.hive H \\ half.out </dev/null >reged.out && grep -c 'H.A.half' half.out
}

same_name='src/registry/hive_reference.c and libraries.md'
fault regfexport "three bytes in the record come out shifted" '42 43 00' '41 42 43' "$same_name" three_bytes
fault regfexport "a text of one byte is two bytes long" 2 1 "$same_name" one_byte
fault regfexport "half of a surrogate pair in a name ends it" 1 0 \
	'tests/test_hive_reference.c (test_lone_surrogate)' ends regfexport half.hive
fault hivexsh "and hivex lists nothing" 0 1 'fixtures/odd-names.reg and the tests that read it' listed_by_hivex
fault reged "and reged leaves the key out" 0 1 'fixtures/odd-names.reg and the tests that read it' exported_by_reged

# ---- NTFS ----

volume() { # NAME MKNTFS-OPTION...: with a root directory of several index records
	truncate -s 24M "$1"
	name=$1
	shift
	mkntfs -q -F -f "$@" "$name" >mkntfs.out 2>&1
}

echo content >file
volume large -c 65536
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	ntfscp -f -q large file "a longer name so that the root is large $i" 2>ntfscp.out
done
volume sectors -s 4096 -c 4096

fault fsntfsinfo "nothing is found where a cluster holds several index records" 1 0 \
	'src/fs/ntfs_index.c' ends fsntfsinfo -F '\a longer name so that the root is large 33' large
fault 7zz "sectors of 4096 bytes are not NTFS" 2 0 \
	'tests/ntfs_write_judge.h (hash_all)' ends 7zz l -tntfs sectors
check "ntfscat reads the one" sh -c 'ntfscat large "a longer name so that the root is large 33" | cmp - file'
check "sleuthkit lists the other" sh -c 'fls -f ntfs -b 4096 sectors | grep -q MFTMirr'

# ---- containers ----

qemu-img create -q -f vpc -o force_size=on base.vhd 8M
qemu-io -f vpc -c 'write -q -P 7 0 64k' base.vhd
child child.vhd base.vhd
disk_bytes base.vhd base.raw
qemu-img create -q -f vhdx -o subformat=dynamic,block_size=1M,block_state_zero=off base.vhdx 8M
vhdx_child child.vhdx base.vhdx

cp base.vhd wrong.vhd
for at in 64 $((512 + 36)) $(($(stat -c %s wrong.vhd) - 512 + 64)); do
	printf '\377\377\377\377' | dd of=wrong.vhd bs=1 seek="$at" conv=notrunc status=none
done

first_byte() {
	qemu-img convert -f vpc -O raw child.vhd child.raw && od -An -tx1 -N1 child.raw | tr -d ' '
}

fault vhdiinfo "no checksum is looked at" 0 1 'libraries.md (libvhdi)' ends vhdiinfo wrong.vhd
check "qemu-img looks at them" status 1 qemu-img info -f vpc wrong.vhd
fault qemu-img "the parent of a VHD is not read" 00 07 \
	'tests/test_vhd_child.c and tests/test_containers.sh (7zz is asked there)' first_byte
check "7zz reads it" sh -c '7zz x -so child.vhd 2>7zz.out | cmp - base.raw'
fault qemu-img "a VHDX with a parent is refused" 1 0 \
	'tests/test_vhdx_parent.c (qemu-img is not asked)' ends qemu-img info -f vhdx child.vhdx

done_testing
