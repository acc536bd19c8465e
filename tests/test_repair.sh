#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_repair.sh: repairs that create and delete: overrides removed as Windows itself does, filters
# without a service, a lost service key, lost entries of the critical devices. Each is broken first
# with set, seen by check, mended by fix, read by hivex, and undone.

. "${S7B_SRC:?}/tests/lib.sh"

SYSTEM=Windows/System32/config/SYSTEM
CLASS='ControlSet001\Control\Class\{4d36e967-e325-11ce-bfc1-08002be10318}'

hive_of() { # DISK NUMBER OUT: of the disk's partition NUMBER
	disk_bytes "$1" disk.raw
	start=$(sfdisk -J disk.raw | jq ".partitiontable.partitions[$(($2 - 1))].start")
	dd if=disk.raw of=volume bs=512 skip="$start" status=none
	ntfscat volume $SYSTEM >"$3"
}

image() { # NAME
	rm -f disk.vhd*
	cp "$images/$1.vhd" disk.vhd
	before=$(sum disk.vhd)
}

break_with() { # REG-LINES: applied, then the record of that is forgotten
	printf 'Windows Registry Editor Version 5.00\n\n%s\n' "$1" >break.reg
	"$s7b" set --yes --undo-dir . --file break.reg disk.vhd >break.out 2>&1 || { cat break.out; return 1; }
	rm -f *.stop7b-undo*
	before=$(sum disk.vhd)
}

fix() {
	"$s7b" fix --yes --undo-dir . "$@" disk.vhd >fix.out 2>&1 || { cat fix.out; return 1; }
}

undone() {
	"$s7b" undo --yes --undo-dir . disk.vhd >undo.out 2>&1 && same_sum disk.vhd "$before"
}

fields() { # JQ-FILTER EXPECTED COMMAND...
	filter=$1 expected=$2
	shift 2
	got=$("$@" | jq -rc "$filter") || true
	[ "$got" = "$expected" ] || { echo "got $got, not $expected"; return 1; }
}

has_key() { # KEY
	printf 'cd \\%s\n' "$1" | hivexsh hive >key.out 2>&1 && ! grep -q 'not found' key.out
}

# ---- overrides ----

image win10-gpt-dynamic
hive_of disk.vhd 3 hive
check "an override is there" has_key 'ControlSet001\Services\storvsc\StartOverride'
check "fix --remove-overrides" fix --remove-overrides
hive_of disk.vhd 3 hive
check "it is gone" sh -c '! printf "cd \\\\ControlSet001\\\\Services\\\\storvsc\\\\StartOverride\n" | hivexsh hive 2>&1 | grep -qv "not found"'
check "the service is there" has_key 'ControlSet001\Services\storvsc'
check "it boots" status 0 "$s7b" check disk.vhd
check "undo" undone

# ---- a filter without a service ----

image win7-mbr-dynamic
check "two ghosts among the filters of disks" break_with "[$CLASS]
\"UpperFilters\"=hex(7):67,00,68,00,6f,00,73,00,74,00,00,00,50,00,61,00,72,00,74,00,4d,00,67,00,72,00,00,00,67,00,68,00,6f,00,73,00,74,00,32,00,00,00,00,00
\"LowerFilters\"=hex(7):67,00,68,00,6f,00,73,00,74,00,33,00,00,00,00,00"
check "check names them" says '^ X  F1   ghost ' "$s7b" check --target vmware-lsi-sas disk.vhd
check "and explains the rule" says 'filter' "$s7b" explain F1
check "fix" fix --target vmware-lsi-sas
hive_of disk.vhd 2 hive
hivexget hive "$CLASS" UpperFilters >upper.out
check "PartMgr alone is left" sh -c 'tr -d "\n" <upper.out | grep -qx PartMgr'
check "an empty list is no value any more" sh -c '! hivexget hive "$1" LowerFilters' - "$CLASS"
check "it boots" status 0 "$s7b" check --target vmware-lsi-sas disk.vhd
check "undo" undone

# ---- a service key that is gone ----

image win7-mbr-dynamic
check "msahci is lost" break_with '[-ControlSet001\services\msahci]'
check "check says so" says 'msahci' "$s7b" check --target physical-ahci disk.vhd
check "it stops" status 1 "$s7b" check --target physical-ahci disk.vhd
check "fix makes it again" fix --target physical-ahci
hive_of disk.vhd 2 hive
check "Start is 0" test "$(hivexget hive 'ControlSet001\services\msahci' Start)" = 0
check "Type is 1" test "$(hivexget hive 'ControlSet001\services\msahci' Type)" = 1
check "its group" test "$(hivexget hive 'ControlSet001\services\msahci' Group)" = 'SCSI Miniport'
check "its file" sh -c 'hivexget hive "ControlSet001\\services\\msahci" ImagePath | grep -qi "system32.drivers.msahci.sys"'
check "it boots" status 0 "$s7b" check --target physical-ahci disk.vhd
check "undo" undone

# ---- a critical device that is gone ----

image win7-mbr-dynamic
check "the entry of AHCI is lost" break_with \
	'[-ControlSet001\Control\CriticalDeviceDatabase\PCI#CC_010601]'
check "check says so" says 'R7|pci#cc_010601|PCI.CC_010601' "$s7b" check --json --target physical-ahci disk.vhd
check "fix makes it again" fix --target physical-ahci
hive_of disk.vhd 2 hive
check "it names msahci" test \
	"$(hivexget hive 'ControlSet001\Control\CriticalDeviceDatabase\PCI#CC_010601' Service)" = msahci
check "it boots" status 0 "$s7b" check --target physical-ahci disk.vhd
check "undo" undone

# ---- all control sets ----

image win7-mbr-dynamic
check "fix in all sets" fix --control-set all --target physical-ahci
hive_of disk.vhd 2 hive
for set in 001 002; do
	check "ControlSet$set" test "$(hivexget hive "ControlSet$set\\services\\msahci" Start)" = 0
done
check "undo" undone

# ---- only what was asked for ----

image win7-mbr-dynamic
check "msahci is lost" break_with '[-ControlSet001\services\msahci]'
check "--only takes the name of a finding" fix --target physical-ahci --only msahci
hive_of disk.vhd 2 hive
check "only that was done" test "$(hivexget hive 'ControlSet001\services\pciide' Start)" = 3
check "--only a name that nobody has" status 2 "$s7b" fix --yes --undo-dir . --only nosuch disk.vhd

# ---- bounds that Windows itself leaves too low ----

low_bounds() { # NAME: the key's largest value name and largest data say 0
	perl -0777 -pi -e 's/(nk[\x20\x24]\x00.{56}).{8}(.{4}'"$2"'\x00.{2}'"$1"')/$1\0\0\0\0\0\0\0\0$2/s and $n++; END { $n or exit 1 }' disk.vhd
}

image win7-mbr-dynamic
check "a service is gone" break_with '[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\msahci]'
check "a neighbour's bounds are too low" low_bounds atapi '\x05'
before=$(sum disk.vhd)
check "check says that it can be mended" fields '[.installations[0].findings[]|select(.subject=="msahci").fixable]' '[true]' \
	"$s7b" check --json --target physical-ahci disk.vhd
check "and has no guard" fields '.installations[0].guards' '[]' "$s7b" check --json disk.vhd
check "fix makes the key" fix
check "it boots" status 0 "$s7b" check disk.vhd
check "undo" undone

# ---- damage that keeps a key from being made: said by check, refused by fix ----

image win7-mbr-dynamic
check "a service is gone" break_with '[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\msahci]'
check "a value record elsewhere is damaged" perl -0777 -pi -e 's/vk(.{18}BootExecute)/vx$1/s and $n++; END { $n or exit 1 }' disk.vhd
before=$(sum disk.vhd)
check "check has the guard" says 'hive-damaged: It cannot be mended from here' "$s7b" check --target physical-ahci disk.vhd
check "in JSON too" fields '.installations[0]|[(.guards[]|select(.id=="hive-damaged").blocks_writing),(.findings[]|select(.subject=="msahci")|.fixable,.no_fix != null)]' \
	'[true,false,true]' "$s7b" check --json --target physical-ahci disk.vhd
check "fix refuses" status 4 "$s7b" fix --yes --undo-dir . --target physical-ahci disk.vhd
check "and says why" says 'hive-damaged: .*only values that are there' "$s7b" fix --yes --undo-dir . --target physical-ahci disk.vhd
check "nothing was written" same_sum disk.vhd "$before"

done_testing
