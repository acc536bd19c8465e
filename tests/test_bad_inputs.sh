#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_bad_inputs.sh: sound inputs with one field that lies, see bad_inputs.py; a sample. `make bad-inputs
# N=10000 SEED=2` takes as many as one likes. S7B_BAD_KEEP names a folder for what is not held. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

# libvhdi keeps 24 bytes of an entry when the metadata of a VHDX is refused, libregf 72 of a key.
printf '%s\n' leak:libvhdi leak:libregf >lsan
ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=4:allocator_may_return_null=1
LSAN_OPTIONS=suppressions=$tmp/lsan:print_suppressions=0
export ASAN_OPTIONS LSAN_OPTIONS
mkdir seeds
cd seeds || exit 99

raw() { # NAME IMAGE
	qemu-img convert -U -q -O raw "$images/$2.vhd" "$1.raw"
}

make_seeds() {
	raw 7 win7-mbr-dynamic && raw 10 win10-gpt-dynamic && raw xp xp-mbr && raw dirty hive-logged || return
	cp --sparse=always "$images/native-4k.img" 4k.raw
	cp --sparse=always "$images/win7-mbr-fixed.vhd" fixed.vhd
	cp --sparse=always "$images/win7-mbr-dynamic.vhd" 7.vhd
	cp 7.vhd after.vhd # before there is a child, whose parent it would be
	"$s7b" fix --yes --target physical-ahci after.vhd >after.txt 2>&1
	mv after.vhd.stop7b-undo undo || { cat after.txt; return 1; }
	qemu-img convert -q -O vhdx -o block_size=1M,subformat=dynamic 7.raw 7.vhdx || return
	child child.vhd 7.vhd && vhdx_child child.vhdx 7.vhdx || return
	"$s7b" cat 7.vhd '1:\Boot\BCD' >bcd || return
	"$s7b" reg --export 7.vhd 'ControlSet001\Control\Class' | iconv -f UTF-16 -t UTF-8 >x.reg || return
	printf '%s\r\n' '[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\vmdebug]' \
		'[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\New\Key]' '"A"=hex(7):61,00,00,00,\' \
		'  00,00' '@="words"' '"Start"=dword:00000003' '"B"=-' >>x.reg
	cp "$images/packages/virtio/viostor/w7/x86/viostor.inf" x.inf
	cp "$images/packages/virtio/viostor/w7/x86/"[vV]*.[sS][yY][sS] viostor.sys
	printf '%s\r\n' 'C:\vhd\seven.vhd' 'D:\Machines\ten.vhdx' '\\server\share\x.vhd' >listing.txt
}

held() {
	python3 -B "$src/tests/bad_inputs.py" --count "$1" --seed "${S7B_SEED:-1}" ${S7B_BAD_KEEP:+--keep "$S7B_BAD_KEEP"} .
}

# A program with sanitizers is thrice as slow.
count=${S7B_BAD_INPUTS:-$(grep -qa __asan_init "$s7b" && echo 30 || echo 60)}
check "the seeds are made" make_seeds
check "$count inputs with one lie end in an answer or a named error" held "$count"
[ -z "${S7B_BAD_INPUTS-}" ] || tail -n 1 "$tmp/said" | sed 's/^/# /'
done_testing
