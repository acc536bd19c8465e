#!/bin/sh
# SPDX-License-Identifier: MIT
#
# oracle_real.sh: the whole job on the SYSTEM hive of a real Windows 7, put into a dynamic VHD
# with a file for every driver it names: check, fix, what other people's programs see, undo.

. "${S7B_SRC:?}/tests/lib.sh"

packed=$data/system/win7_sp1_x86_wks732.SYSTEM.xz
if [ ! -f "$packed" ]; then
	skip "the whole job on a real Windows 7 hive" "no real data here"
	done_testing
	exit
fi

# ---- the disk ----

. "$src/tests/real_lib.sh"
xz -dc "$packed" >"$work/SYSTEM"
real_disk "$work/SYSTEM" x86 real
before=$(sum real.vhd)

# ---- helpers ----

hivex_start() { # HIVE SERVICE: Start of a service in the set that boots
	hivexget "$1" "ControlSet001\\services\\$2" Start
}

regf_start() { # the same by libregf
	regfexport -K "ControlSet001\\services\\$2" "$1" 2>/dev/null
}

differing() { # FILE FILE: offsets of bytes that differ, one a line
	cmp -l "$1" "$2" | awk '{ print $1 - 1 }'
}

only_reviewed() { # OLD NEW: every byte that differs is one that the review had announced
	jq -r '.changes.ranges[] | range(.disk_offset; .disk_offset + .length)' fix.json |
		sort >announced
	differing "$1" "$2" | sort >changed
	surprise=$(comm -13 announced changed)
	[ -z "$surprise" ] || { echo "changed but not announced: $surprise"; return 1; }
}

# ---- the job ----

check "the disk reads" status 1 "$s7b" check real.vhd
check "Windows 7, 32-bit is recognised" says 'Windows 7, 32-bit, \\Windows' "$s7b" check real.vhd
check "physical-ahci names msahci" says '^ X  R1   msahci +3 Manual' \
	"$s7b" check --target physical-ahci real.vhd
check "physical-ide names pciide" says '^ X  R3   pciide +3 Manual' \
	"$s7b" check --target physical-ide real.vhd
check "the machine it ran on boots" status 0 "$s7b" check --target last real.vhd
check "vmware-lsi-sas boots" status 0 "$s7b" check --target vmware-lsi-sas real.vhd
check "looking changed nothing" same_sum real.vhd "$before"

hive_of real.vhd old-hive
check "the hive comes out as it was put in" cmp "$work/SYSTEM" old-hive
disk_bytes real.vhd old-raw
fix_json() {
	"$s7b" fix --json --yes --target physical-ahci real.vhd >fix.json
}
check "fix --yes for physical-ahci" status 0 fix_json
check "physical-ahci boots afterwards" status 0 "$s7b" check --target physical-ahci real.vhd
check "no other target got worse" status 0 "$s7b" check --target last --target vmware-lsi-sas real.vhd

hive_of real.vhd new-hive
check "hivex reads Start=0" test "$(hivex_start new-hive msahci)" = 0
check "hivex read Start=3 before" test "$(hivex_start old-hive msahci)" = 3
check "libregf reads Start=0" sh -c "regfexport -K 'ControlSet001\\services\\msahci' new-hive |
	grep -A6 'Value: .*Start' | grep -Eq '(0x00000000|: 0)'"
disk_bytes real.vhd new-raw
check "every byte that changed was announced" only_reviewed old-raw new-raw
check "something changed" test -s changed
reged -x new-hive HKEY_LOCAL_MACHINE\\SYSTEM 'ControlSet001\services\msahci' new.reg >reged.out 2>&1
check "reged reads Start=0" grep -qi '"Start"=dword:00000000' new.reg
check "undo" status 0 "$s7b" undo --yes real.vhd
check "undo restores every byte of the image" same_sum real.vhd "$before"
check "no undo record is left" status 3 "$s7b" undo --yes real.vhd

done_testing
