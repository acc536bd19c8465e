#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_aid.sh: first aid. What each action leaves in hive and store is read by hivexsh from files
# that ntfscat took out of the disk; what must not be done is refused; undo puts every byte back.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

SYSTEM=Windows/System32/config/SYSTEM
MSAHCI='CurrentControlSet\Services\msahci'
LOADER='{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}'
SETTINGS='{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}'

image() { # NAME
	rm -f disk.vhd*
	cp "$images/$1.vhd" disk.vhd
	before=$(sum disk.vhd)
}

aid() {
	"$s7b" aid --yes --undo-dir . disk.vhd "$@" >aid.out 2>&1 || { cat aid.out; return 1; }
}

file_of() { # PARTITION FILE: to the file hive
	disk_bytes disk.vhd disk.raw
	start=$(sfdisk -J disk.raw | jq ".partitiontable.partitions[$(($1 - 1))].start")
	dd if=disk.raw of=volume bs=512 skip="$start" status=none
	ntfscat volume "$2" >hive
}

reads() { # KEY NAME LINE
	printf 'cd \\%s\nlsval %s\n' "$1" "$2" | hivexsh hive >read.out 2>&1
	[ "$(cat read.out)" = "$3" ] || { echo "hivex reads: $(cat read.out)"; return 1; }
}

absent() { # KEY
	! printf 'cd \\%s\n' "$1" | hivexsh hive >read.out 2>&1 || { echo "$1 is there"; return 1; }
}

restored() {
	"$s7b" undo --yes --undo-dir . disk.vhd >undo.out 2>&1 || { cat undo.out; return 1; }
	same_sum disk.vhd "$before"
}

state() { # ACTION STATE
	got=$("$s7b" aid --json disk.vhd | jq -r ".actions[]|select(.action==\"$1\")|.state")
	[ "$got" = "$2" ] || { echo "$1 is $got, not $2"; return 1; }
}

bytes() { # KEY HEX: of the value Element
	printf 'cd \\%s\nlsval Element\n' "$1" | hivexsh hive | od -An -tx1 | tr -d ' \n' >read.out
	[ "$(cat read.out)" = "$2" ] || { echo "hivex reads: $(cat read.out)"; return 1; }
}

# ---- usage ----

image win7-mbr-dynamic
check "no such action" status 2 "$s7b" aid disk.vhd dance
check "a name too much" status 2 "$s7b" aid disk.vhd show-stop disk
check "no name" status 2 "$s7b" aid disk.vhd disable
check "shown only: 1" status 1 "$s7b" aid disk.vhd show-stop
check "and nothing is written" same_sum disk.vhd "$before"
check "a list of them" says '^ >  show-stop' "$s7b" aid disk.vhd

# ---- the SYSTEM hive ----

check "show-stop" aid show-stop
check "what it does is said" grep -q 'stays on its stop screen' aid.out
file_of 2 $SYSTEM
check "hivex reads AutoReboot 0" reads 'ControlSet001\Control\CrashControl' AutoReboot 0
check "twice is once" status 0 "$s7b" aid --yes disk.vhd show-stop
check "and is said" says 'already stays' "$s7b" aid disk.vhd show-stop
check "its state" state show-stop "done"
check "undo" restored

image win10-gpt-dynamic
check "show-stop from 8 on shows the parameters too" says 'DisplayParameters' \
	"$s7b" aid disk.vhd show-stop
check "no other set from 8 on: refused" status 4 "$s7b" aid disk.vhd last-known-good
check "with the reason" says 'no other control set' "$s7b" aid disk.vhd last-known-good

image win7-mbr-dynamic
check "last-known-good" aid last-known-good
file_of 2 $SYSTEM
check "Default is the last good one" reads Select Default 2
check "the old one has failed" reads Select Failed 1
check "Current stays" reads Select Current 1
check "undo" restored

check "disable a service" aid disable msahci
file_of 2 $SYSTEM
check "hivex reads Start 4" reads 'ControlSet001\Services\msahci' Start 4
check "undo" restored
check "not what every Windows needs" status 4 "$s7b" aid disk.vhd disable disk
check "not what this one starts by" status 4 "$s7b" aid --yes disk.vhd disable lsi_sas
check "no such service" status 3 "$s7b" aid disk.vhd disable nothing
check "and nothing was written" same_sum disk.vhd "$before"

"$s7b" set --yes --undo-dir . disk.vhd Setup SetupType dword 2 >/dev/null
before=$(sum disk.vhd)
check "a setup waits" state setup-done possible
check "setup-done" aid setup-done
file_of 2 $SYSTEM
check "hivex reads SetupType 0" reads Setup SetupType 0
check "what is left is said" grep -q 'accounts, drivers or names' aid.out
check "undo" restored

# ---- the disk's own store ----

image win7-mbr-dynamic
check "safe-mode" aid safe-mode
file_of 1 Boot/BCD
check "hivex reads safeboot minimal" bytes "Objects\\$LOADER\\Elements\\25000080" \
	0000000000000000
check "the store reads whole" says 'safeboot +Minimal' "$s7b" bcd 'disk.vhd:1:\Boot\BCD'
check "undo" restored
check "boot-log" aid boot-log
file_of 1 Boot/BCD
check "hivex reads bootlog" bytes "Objects\\$LOADER\\Elements\\26000090" 01
check "undo" restored

# A safe mode that is inherited, with a command prompt.
cat >safe.reg <<'END'
Windows Registry Editor Version 5.00

[Objects\{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}\Elements\25000080]
"Element"=hex:01,00,00,00,00,00,00,00

[Objects\{6efb52bf-1766-41db-a6b3-0ee5eff72bd7}\Elements\26000081]
"Element"=hex:01
END
check "nothing to end" status 0 "$s7b" aid --yes disk.vhd normal-mode
"$s7b" set --yes --undo-dir . --hive '1:\Boot\BCD' --file safe.reg disk.vhd >set.out 2>&1 || cat set.out
before=$(sum disk.vhd)
check "normal-mode ends what is inherited" aid normal-mode
file_of 1 Boot/BCD
check "the element is gone" absent "Objects\\$SETTINGS\\Elements\\25000080"
check "that of the command prompt too" absent "Objects\\$SETTINGS\\Elements\\26000081"
check "undo" restored

# ---- the old copy of the hive ----

poke() { # BYTE TEXT
	printf %s "$2" | dd of=disk.raw bs=1 seek="$1" conv=notrunc 2>/dev/null
}

image regback
disk_bytes disk.vhd disk.raw
"$s7b" check --json disk.raw >check.json
check "a whole hive is not said to have a copy" jq -e '.installations[0].old_copy == null' check.json
for at in $(grep -obUa regf disk.raw | cut -d: -f1); do
	poke "$at" XXXX
	"$s7b" check --json disk.raw >check.json
	[ "$(jq -r '.installations[0].hive' check.json)" = null ] && break
	poke "$at" regf
done
before=$(sum disk.raw)
check "the hive cannot be read" status 3 "$s7b" check disk.raw
check "its copy is named, and that it fits" says 'Old copy: .*RegBack.SYSTEM, .* of 20.* fits' \
	"$s7b" check disk.raw
check "in JSON too" jq -e '.installations[0].old_copy | .fits and .size > 0 and .room >= .size' check.json
check "no other first aid is possible" status 3 "$s7b" aid disk.raw show-stop
check "regback is shown first" status 1 "$s7b" aid disk.raw regback
check "nothing is written" same_sum disk.raw "$before"
check "regback" says '^ =  WRITTEN$' "$s7b" aid --yes --undo-dir . disk.raw regback
check "the hive is back" status 0 "$s7b" check --target vmware-lsi-sas disk.raw
check "undo" status 0 "$s7b" undo --yes --undo-dir . disk.raw
check "every byte is back" same_sum disk.raw "$before"

# The copy is damaged too, or there is none.
for other in $(grep -obUa regf disk.raw | cut -d: -f1); do
	poke "$other" XXXX
	"$s7b" aid disk.raw regback >aid.out 2>&1
	grep -q 'signature' aid.out && break
	poke "$other" regf
done
check "a damaged copy is refused" status 4 "$s7b" aid --yes disk.raw regback
check "and why" says 'Old copy: .*cannot take its place' "$s7b" check disk.raw
image win7-mbr-dynamic
check "no copy: refused" status 4 "$s7b" aid --yes disk.vhd regback
check "with the reason" says 'keeps no copy' "$s7b" aid disk.vhd regback
check "nothing was written" same_sum disk.vhd "$before"

# By disk: what it is for, and what is read of it afterwards.
puts_back() { # DISK KEY NAME LINE
	image "$1"
	disk_bytes disk.vhd was.raw
	aid regback || return 1
	disk_bytes disk.vhd disk.raw
	start=$(sfdisk -J disk.raw | jq '.partitiontable.partitions[-1].start')
	dd if=disk.raw of=volume bs=512 skip="$start" status=none
	ntfscat volume "${5:-$SYSTEM}" >hive && reads "$2" "$3" "$4" && restored
}
COMPUTER='ControlSet001\Control\ComputerName\ComputerName'
check "a hive that reads with damage, a copy of its own" puts_back regback-readable "$COMPUTER" \
	ComputerName WKS-WIN732
check "Windows XP: the repair folder" puts_back regback-xp "$COMPUTER" ComputerName IECOMPAT \
	WINDOWS/System32/config/SYSTEM
image regback-other
check "a copy of another computer: refused" status 4 "$s7b" aid --yes disk.vhd regback
check "with both names" says 'it is of the computer OTHER-PC, and this one is WKS-WIN732' \
	"$s7b" aid disk.vhd regback
check "nothing was written" same_sum disk.vhd "$before"
image regback-doubt
check "a copy that two readers read otherwise: refused" status 3 "$s7b" aid --yes disk.vhd regback
check "with what they read" says 'RegBack.SYSTEM: .*Session Manager: value .*libregf reads another name' \
	"$s7b" aid disk.vhd regback
check "nothing was written" same_sum disk.vhd "$before"
image regback-longer
check "a copy longer than the file: refused" status 4 "$s7b" aid --yes disk.vhd regback
check "with both lengths" says 'longer .245760 bytes. than what the file SYSTEM has in place .8192.' \
	"$s7b" aid disk.vhd regback
check "nothing was written" same_sum disk.vhd "$before"

# ---- no store ----

image xp-mbr
check "boot.ini is never written" status 4 "$s7b" aid --yes disk.vhd safe-mode
check "what to add is said" says '/safeboot:minimal' "$s7b" aid disk.vhd safe-mode
check "nothing was written" same_sum disk.vhd "$before"

done_testing
