#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_reg_wine.sh: a key with every type, exported as registry text, is read by Wine's reg and
# comes out of it with the same values. Only where S7B_WINE asks for it, as tests/test_cleanup_wine.

. "${S7B_SRC:?}/tests/lib.sh"

KEY='ControlSet001\Services\msahci'

if [ -z "${S7B_WINE-}" ]; then
	skip "Wine's reg reads the text" "S7B_WINE is not set"
	done_testing
	exit
fi
if ! sh "$src/tests/wine_prefix.sh" "$tmp/prefix" >prefix.out 2>&1; then
	skip "Wine's reg reads the text" "$(tail -n 1 prefix.out)"
	done_testing
	exit
fi
unset DISPLAY
WINEPREFIX=$tmp/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
export WINEPREFIX WINEARCH WINEDEBUG WINEDLLOVERRIDES
cd "$tmp/prefix/drive_c" || exit 99

put() { # NAME TYPE DATA...
	"$s7b" set --yes --undo-dir . disk.vhd "$KEY" "$@"
}

# A text without its lines' ends, its continued lines joined, in one order.
plain() { # TEXT
	iconv -f UTF-16 -t UTF-8 "$1" | tr -d '\r' | sed -e ':again' -e '/\\$/{N;s/\\\n *//;b again' -e '}' |
		grep '^["@]' | sort
}

same_values() {
	plain out.reg >ours && plain back.reg >theirs && [ "$(wc -l <ours)" -gt 9 ] && diff ours theirs
}

cp "$images/win7-mbr-dynamic.vhd" disk.vhd
check "a dword" put D dword 0x21
check "a qword" put Q qword 1234567890123456789
check "a text" put S sz 'quote " and \ and 日本'
check "a text with variables" put E expand-sz '%SystemRoot%\x'
check "a list" put M multi-sz one 'two words' 日本
check "bytes" put B binary 00ff 10
check "nothing at all" put N none
check "the default value" put '' sz default
"$s7b" reg --export disk.vhd "$KEY" >out.reg
check "Wine's reg reads the text" wine reg import 'C:\out.reg'
check "and writes what it has" wine reg export "HKLM\\SYSTEM\\$KEY" 'C:\back.reg'
check "which is every value, and no other" same_values
wineserver -k
done_testing
