#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_set.sh: values and keys by hand: every type as hivex reads it, registry texts in and out as
# hivexregedit sees them, other hives than SYSTEM, a hive that was recovered from its log, what is
# refused, and undo to the last byte. ntfscat takes the hives out of the disks.

. "${S7B_SRC:?}/tests/lib.sh"

SYSTEM=Windows/System32/config/SYSTEM
SERVICES='CurrentControlSet\Services'
REAL='ControlSet001\Services'

hive_of() { # DISK FILE OUT: by qemu-img and ntfscat; the volume is the disk's second partition
	disk_bytes "$1" disk.raw
	start=$(sfdisk -J disk.raw | jq '.partitiontable.partitions[1].start')
	dd if=disk.raw of=volume bs=512 skip="$start" status=none
	ntfscat volume "$2" >"$3"
}

image() { # NAME: a fresh copy as disk.vhd
	rm -f disk.vhd*
	cp "$images/$1.vhd" disk.vhd
	before=$(sum disk.vhd)
}

set_value() {
	"$s7b" set --yes --undo-dir . disk.vhd "$@" >set.out 2>&1 || { cat set.out; return 1; }
}

# xml of one value as hivex reads it
reads() { # KEY NAME HIVEXSH-LINE
	printf 'cd \\%s\nlsval %s\n' "$1" "$2" | hivexsh hive >read.out 2>&1
	[ "$(cat read.out)" = "$3" ] || { echo "hivex reads: $(cat read.out)"; return 1; }
}

exported() { # FILE: the services part as hivexregedit exports it, one line a value
	hivexregedit --export --prefix 'HKEY_LOCAL_MACHINE\SYSTEM' --unsafe-printable-strings \
		"$1" '\ControlSet001\Services'
}

restored() {
	"$s7b" undo --yes --undo-dir . disk.vhd >undo.out 2>&1 || { cat undo.out; return 1; }
	same_sum disk.vhd "$before"
}

# ---- every type ----

long=$(printf '%0300d' 7)
image win7-mbr-dynamic
check "a dword" set_value "$SERVICES\\msahci" Tag dword 0x21
check "a qword" set_value "$SERVICES\\msahci" Q qword 1234567890123456789
check "a text, longer than what was there" set_value "$SERVICES\\msahci" DisplayName sz "$long"
check "a text with variables" set_value "$SERVICES\\msahci" E expand-sz '%SystemRoot%\x'
check "a list" set_value "$SERVICES\\msahci" M multi-sz one 'two words' 日本
check "bytes" set_value "$SERVICES\\msahci" B binary 00ff 10
check "nothing at all" set_value "$SERVICES\\msahci" N none
check "the default value" set_value "$SERVICES\\msahci" '' sz default
hive_of disk.vhd $SYSTEM hive
check "hivex reads the dword" reads "$REAL\\msahci" Tag 33
check "the qword" reads "$REAL\\msahci" Q 1234567890123456789
check "the long text" reads "$REAL\\msahci" DisplayName "$long"
check "the variables" reads "$REAL\\msahci" E '%SystemRoot%\x'
hivexget hive "$REAL\\msahci" M >list.out 2>&1
check "the list" sh -c 'tr "\n" "|" <list.out | grep -q "^one|two words|日本|" || { cat list.out; exit 1; }'
check "the bytes" sh -c 'hivexget hive "$1" B | od -An -tx1 | grep -q "00 ff 10"' - "$REAL\\msahci"
check "the default value, too" reads "$REAL\\msahci" @ default
check "reged reads the hive whole" sh -c 'reged -x hive X \\ out.reg </dev/null >reged.out 2>&1 && [ -s out.reg ]'
for i in 1 2 3 4 5 6 7; do
	"$s7b" undo --yes --undo-dir . disk.vhd >undo.out 2>&1
done
check "eight undos give every byte back" restored

# ---- big data, and no room ----

head -c 20000 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >big.hex
check "20,000 bytes need a bin that the file has no room for" status 3 \
	"$s7b" set --yes --undo-dir . disk.vhd "$SERVICES\\msahci" Big binary "$(cat big.hex)"
check "that is said" says 'no room' \
	"$s7b" set --yes --undo-dir . disk.vhd "$SERVICES\\msahci" Big binary "$(cat big.hex)"
check "and nothing is written" same_sum disk.vhd "$before"

# ---- registry texts ----

cat >in.reg <<'EOF'
Windows Registry Editor Version 5.00

; a driver from nothing
[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\newdrv]
"Start"=dword:00000000
"Type"=dword:00000001
"ImagePath"=hex(2):73,00,79,00,73,00,74,00,\
  65,00,6d,00,00,00
"Group"="SCSI Miniport"

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\newdrv\Parameters\Deep]
@="default"
"List"=hex(7):61,00,00,00,62,00,00,00,00,00

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\msahci]
"Group"=-

[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\atapi]
EOF
check "without --yes it is shown" status 1 "$s7b" set --undo-dir . --file in.reg disk.vhd
check "and nothing is written" same_sum disk.vhd "$before"
check "a registry text" status 0 "$s7b" set --yes --undo-dir . --file in.reg disk.vhd
hive_of disk.vhd $SYSTEM hive
exported hive >after.txt
check "the new key" reads "$REAL\\newdrv" ImagePath system
check "the key below the new key" reads "$REAL\\newdrv\\Parameters\\Deep" @ default
check "the value is gone" sh -c '! hivexget hive "$1" Group' - "$REAL\\msahci"
check "the key is gone" sh -c '! grep -q "Services.atapi\]" after.txt'
check "and the others are there" sh -c '[ "$(grep -c "^\[" after.txt)" -gt 20 ]'
check "check reads the disk" sh -c '"$1" check disk.vhd >check.out; [ $? = 1 ]' - "$s7b"
"$s7b" reg --export disk.vhd "$SERVICES" >out.utf16
iconv -f utf-16 -t utf-8 out.utf16 >out.reg
check "our export is UTF-16 with a mark" sh -c 'head -c 2 out.utf16 | od -An -tx1 | grep -q "ff fe"'
# the same registry in an empty hive, made by hivex from our export
printf 'Windows Registry Editor Version 5.00\n\n[ControlSet001]\n' >empty.reg
"$FIXTURE_BIN/mkhive" empty.reg merged
check "hivexregedit merges our export" hivexregedit --merge --prefix 'HKEY_LOCAL_MACHINE\SYSTEM' \
	merged out.reg
exported merged | tr A-Z a-z | sort >merged.txt # names are equal without case
tr A-Z a-z <after.txt | sort >after.sorted
check "and has the same services" diff merged.txt after.sorted
check "undo" restored

# ---- other hives ----

check "a hive of another name" status 0 "$s7b" set --yes --undo-dir . \
	--hive '2:\Windows\System32\config\SOFTWARE' disk.vhd 'Microsoft\Windows NT\CurrentVersion' \
	EditionID sz Home
hive_of disk.vhd Windows/System32/config/SOFTWARE hive
check "hivex reads it" reads 'Microsoft\Windows NT\CurrentVersion' EditionID Home
check "undo" restored
sed 's/SYSTEM/SOFTWARE/' in.reg >software.reg
check "a text of another hive does not go into SYSTEM" status 2 \
	"$s7b" set --yes --undo-dir . --file software.reg disk.vhd
check "that is said" says 'line 4: .*not in the SYSTEM hive' \
	"$s7b" set --yes --undo-dir . --file software.reg disk.vhd
check "no such hive" status 3 "$s7b" set --yes --undo-dir . --hive '2:\nowhere' disk.vhd K N dword 1
check "not a hive" status 3 "$s7b" set --yes --undo-dir . \
	--hive '2:\Windows\System32\config\SYSTEM.LOG1' disk.vhd K N dword 1
check "no partition" status 3 "$s7b" set --yes --undo-dir . --hive '9:\x' disk.vhd K N dword 1
check "not a place" status 2 "$s7b" set --yes --undo-dir . --hive 'nonsense' disk.vhd K N dword 1
check "nothing was written by all that" same_sum disk.vhd "$before"
check "reg reads that hive" says '^ProductName' "$s7b" reg \
	--hive '2:\Windows\System32\config\SOFTWARE' disk.vhd 'Microsoft\Windows NT\CurrentVersion'

# ---- a hive that its log made whole ----

image hive-logged
check "a recovered hive" set_value "$SERVICES\\disk" Added sz "longer than any cell that is there now"
hive_of disk.vhd $SYSTEM hive
check "hivex reads it" reads "$REAL\\disk" Added "longer than any cell that is there now"
check "it is clean now" sh -c '"$1" check --json disk.vhd | jq -e ".installations[0].hive.state == \"clean\""' - "$s7b"
check "undo puts the dirty hive back" restored

# ---- refused ----

image win7-mbr-dynamic
check "no such type" status 2 "$s7b" set disk.vhd "$SERVICES\\msahci" Start REG_DWORD 0
check "no data" status 2 "$s7b" set disk.vhd "$SERVICES\\msahci" Start dword
check "a number too large" status 2 "$s7b" set disk.vhd "$SERVICES\\msahci" Start dword 4294967296
check "half a byte" status 2 "$s7b" set disk.vhd "$SERVICES\\msahci" B binary 0
check "a text that is none" sh -c 'printf nonsense >bad.reg; "$1" set --file bad.reg disk.vhd; [ $? = 2 ]' - "$s7b"
printf 'Windows Registry Editor Version 5.00\n\n[-HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\services\\nosuch]\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup]\n"nosuch"=-\n' >gone.reg
check "deleting what is not there is nothing to do" says 'Nothing to change' "$s7b" set --file gone.reg disk.vhd
check "a key as it is pasted" says '^Start' "$s7b" reg disk.vhd 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\msahci'
check "from the root, too" says '^Start' "$s7b" reg disk.vhd '\CurrentControlSet\Services\msahci'
check "a text with a broken line" sh -c \
	'printf "Windows Registry Editor Version 5.00\n\n[A]\n\"x\"=dword:xyz\n" >bad.reg
	"$1" set --file bad.reg disk.vhd 2>&1 | grep -q "line 4"' - "$s7b"
check "a file that is not there" status 3 "$s7b" set --file nowhere.reg disk.vhd
check "a key that nobody has" status 3 "$s7b" set --yes --undo-dir . disk.vhd 'No\Key' V dword 1
check "reg --json --export" status 2 "$s7b" reg --json --export disk.vhd
check "nothing was written by all that" same_sum disk.vhd "$before"

# ---- what is said of what goes ----

printf 'Windows Registry Editor Version 5.00\n\n%s\n%s\n' "[HKEY_LOCAL_MACHINE\\SYSTEM\\$REAL\\One]" '"v"=dword:1' >one.reg
check "a key with one value" set_value --file one.reg
printf 'Windows Registry Editor Version 5.00\n\n%s\n%s\n' "[HKEY_LOCAL_MACHINE\\SYSTEM\\$REAL\\One]" '"v"=-' >last.reg
check "its last value goes" says '^-  v  REG_DWORD  1$' "$s7b" set --undo-dir . --file last.reg disk.vhd
check "the key itself does not change" sh -c '! "$1" set --undo-dir . --file last.reg disk.vhd | grep -q "^[-+]  key"' - "$s7b"
check "naming a key that is there changes nothing" sh -c \
	'sed 2,9d one.reg >names.reg; echo "[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\One]" >>names.reg
	"$1" set --undo-dir . --file names.reg disk.vhd | grep -q "^Nothing to change"' - "$s7b"
printf 'Windows Registry Editor Version 5.00\n\n%s\n' "[-HKEY_LOCAL_MACHINE\\SYSTEM\\$REAL\\One]" >gone.reg
check "the key goes" says '^-  key with 0 subkeys and 1 value$' "$s7b" set --undo-dir . --file gone.reg disk.vhd
check "and is called by its name in the record" set_value --file gone.reg
check "there" says ' One ' "$s7b" undo --undo-dir . disk.vhd
printf 'Windows Registry Editor Version 5.00\n\n%s\n' '[-HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services]' >services.reg
check "all services go" says 'no boot-critical driver left to judge' "$s7b" set --yes --undo-dir . --file services.reg disk.vhd
check "0 of 0 is nothing to say" sh -c '! "$1" check disk.vhd | grep -q "0 of 0"' - "$s7b"
for i in 1 2 3; do
	"$s7b" undo --yes --undo-dir . disk.vhd >undo.out 2>&1
done
check "undo, three times" same_sum disk.vhd "$before"

# ---- what cannot be seen is spelled out, in text, JSON and on the screen ----

{
	printf 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Zero\342\200\213width]\n'
	printf '"soft\302\255hyphen"="filler\343\205\244 e\314\201\314\202\314\203"\n'
} >unseen.reg
unseen=$(printf '\342\200\213\|\302\255\|\343\205\244\|\314\203')
none_in() { # COMMAND...: its output has no such character
	! "$@" 2>&1 | grep -q -a "$unseen"
}
check "in a review" none_in "$s7b" set --undo-dir . --file unseen.reg disk.vhd
check "spelled out" says '@@ Zero.u200bwidth' "$s7b" set --undo-dir . --file unseen.reg disk.vhd
check "in its JSON" none_in "$s7b" set --json --undo-dir . --file unseen.reg disk.vhd
check "in an error" none_in "$s7b" reg disk.vhd "$(printf 'No\342\200\213such')"
check "written" set_value --file unseen.reg
check "in keys" none_in "$s7b" reg disk.vhd
check "spelled out" says '^Zero.u200bwidth' "$s7b" reg disk.vhd
key=$(printf 'Zero\342\200\213width')
check "in values" none_in "$s7b" reg disk.vhd "$key"
check "spelled out" says 'soft.xadhyphen .*filler.u3164 .*u0303' "$s7b" reg disk.vhd "$key"
check "in their JSON" none_in "$s7b" reg --json disk.vhd "$key"
check "in the list of records" none_in "$s7b" undo --list --undo-dir . disk.vhd
check "on the screen" none_in "$s7b" --screen 80x24 --keys 'i' disk.vhd
check "undo" restored

# ---- names outside ASCII: the volume's own table sorts them ----

printf 'Windows Registry Editor Version 5.00\n\n' >names.reg
for name in Über über2 Ärger ÿ Ωmega жук Жак ẞtraße Ⴀ 日本 😀 zebra; do
	printf '[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\services\msahci\%s]\n"%s"=dword:00000007\n\n' "$name" "$name" >>names.reg
done
check "keys and values of any letters" set_value --file names.reg
hive_of disk.vhd $SYSTEM hive
for name in Über über2 Ärger ÿ Ωmega жук Жак ẞtraße Ⴀ 日本 😀; do
	check "hivex finds $name" reads "$REAL\\msahci\\$name" "$name" 7
done
ntfscat -i 10 volume >upcase
check "they stand in the order of \$UpCase, with its hashes" python3 "$S7B_SRC/tests/upcase_order.py" hive upcase 12 msahci
check "and are found again without case" says '^zebra' "$s7b" reg disk.vhd "$SERVICES\\MSAHCI\\ZEBRA"
check "the same name in other letters is the same key" set_value "$SERVICES\\msahci\\ÄRGER" Ärger dword 7
check "undo" restored

done_testing
