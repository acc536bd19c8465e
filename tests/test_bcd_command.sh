#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_bcd_command.sh: `stop7b bcd`: stores of this machine and inside images, with their logs, as
# text and as JSON; damaged ones; what is refused. hivex reads the same values.

. "${S7B_SRC:?}/tests/lib.sh"

WIN7=$images/win7-mbr-dynamic.vhd
WIN10=$images/win10-gpt-dynamic.vhd
LOADER='{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}'

bcd() {
	"$s7b" bcd "$@"
}

# prints LINE STORE: the text has exactly that line
prints() {
	bcd "$2" >out.txt 2>err.txt || { cat err.txt; return 1; }
	grep -qxF -e "$1" out.txt || { echo "no line: $1"; cat out.txt; return 1; }
}

# holds FILTER STORE: jq says true of the JSON
holds() {
	bcd --json "$2" >out.json 2>err.txt
	jq -e "$1" out.json >jq.out 2>&1 || { cat jq.out out.json; return 1; }
}

# ---- inside images ----

cp "$WIN7" 'odd:1:name.vhd'
check "a store on NTFS" prints 'path                    \Windows\system32\winload.exe' "$WIN7:1:\\Boot\\BCD"
check "slashes, another case" prints 'description             Windows 7' "$WIN7:1:/boot/bcd"
check "a store on FAT" prints 'path                    \Windows\system32\winload.efi' \
	"$WIN10:1:\\EFI\\Microsoft\\Boot\\BCD"
check "full ids" prints "default                 $LOADER" "$WIN7:1:\\Boot\\BCD"
check "an image name with colons" prints 'timeout                 30' 'odd:1:name.vhd:1:\Boot\BCD'
check "objects are separated by a line" sh -c \
	'"$1" bcd "$2" | grep -A1 -x "Windows Boot Loader" | grep -qx -- "-*"' - "$s7b" "$WIN7:1:\\Boot\\BCD"
check "nothing is said besides" sh -c '[ -z "$("$1" bcd "$2" 2>&1 >/dev/null)" ]' - "$s7b" \
	"$WIN7:1:\\Boot\\BCD"
check "the image is not touched" same_sum 'odd:1:name.vhd' "$(sum "$WIN7")"

# ---- files of this machine ----

"$s7b" cat "$WIN7" '1:\Boot\BCD' >plain.bcd
check "a file" prints "osdevice                partition=mbr:5b7d0007:0xb00000" plain.bcd
mkdir 'a b:2'
cp plain.bcd 'a b:2/x'
check "a name with a space and a colon" prints "systemroot              \\Windows" 'a b:2/x'
hivexget plain.bcd "Objects\\$LOADER\\Elements\\12000004" Element >hivex.txt
check "hivex reads the same description" grep -qx 'Windows 7' hivex.txt

# ---- logs ----

hive() { # OUT [OPTION...] TEXT...
	hive_out=$1
	shift
	"$FIXTURE_BIN/mkhive" --minor 3 "$@" "$hive_out"
}
cp "$src/fixtures/bcd7.reg" old.reg
sed 's/"Windows 7"/"Windows 8"/' old.reg >new.reg
hive store --sequence 5 4 --root NewStoreRoot --name store old.reg
hive store.new --sequence 6 6 --root NewStoreRoot --name store new.reg
check "a dirty store without logs is shown" status 1 bcd store
check "in JSON, too: exit 1" status 1 bcd --json store
check "and called so" says 'not whole' bcd store
check "with a reason" holds '.whole == false and (.problem | length) > 0' store
"$FIXTURE_BIN/mklog" store store.new store.LOG1
check "with its log it is whole" prints 'description             Windows 8' store
check "the log is not touched" status 0 bcd store
check "in JSON, too" holds '.whole and .problem == null and .problems == 0' store
mv store.LOG1 store.LOG2
check "the second log" prints 'description             Windows 8' store
mkdir store.LOG1
check "a log that cannot be read: nothing is replayed" status 1 bcd store

# ---- JSON ----

S="$WIN7:1:\\Boot\\BCD"
check "schema" holds '.schema == "stop7b.bcd/1" and .key_name == "BCD00000000"' "$S"
check "the store's name" holds '.store | endswith(":1:\\Boot\\BCD")' "$S"
check "objects" holds '[.objects[] | keys | join(" ")] | unique == ["alias elements guid kind problem type"]' "$S"
check "elements" holds '[.objects[].elements[] | keys | join(" ")] | unique == ["format hex id name problem text value"]' "$S"
check "an alias" holds '.objects[] | select(.alias == "{bootmgr}") | .type == "10100002" and .kind == "Windows Boot Manager"' "$S"
check "a partition" holds '[.objects[] | select(.type == "10200003") | .elements[] | select(.name == "osdevice")][0] |
	.id == "21000001" and .format == "device" and .value.kind == "partition" and .value.table == "mbr" and
	.value.signature == 1534918663 and .value.offset == 11534336 and .value.disk == null and
	.value.parent == null and .hex == null' "$S"
check "a list" holds "[.objects[].elements[] | select(.name == \"displayorder\")][0].value == [\"$LOADER\"]" "$S"
check "one id" holds "[.objects[].elements[] | select(.name == \"default\")][0].value == \"$LOADER\"" "$S"
check "a number" holds '[.objects[].elements[] | select(.name == "timeout")][0].value == 30' "$S"
check "a GPT partition" holds '[.objects[].elements[] | select(.name == "osdevice")][0].value |
	.table == "gpt" and .disk == "{57b70000-1000-4000-8007-000000000000}" and
	.partition == "{57b70003-1000-4000-8007-000000000003}" and .signature == null' \
	"$WIN10:1:\\EFI\\Microsoft\\Boot\\BCD"

# ---- odd values ----

cat >odd.reg <<-END
	Windows Registry Editor Version 5.00

	[Description]
	"KeyName"="BCD00000000"
	[Objects\\$LOADER\\Description]
	"Type"=dword:10200003
	[Objects\\$LOADER\\Elements\\11000001]
	"Element"=hex:01,02,03
	[Objects\\$LOADER\\Elements\\16000009]
	"Element"=hex:01
	[Objects\\$LOADER\\Elements\\17000077]
	"Element"=hex:75,00,00,15,00,00,00,00,01,00,00,00,00,00,00,00
	[Objects\\$LOADER\\Elements\\250000ff]
	"Element"=hex:ff,ff,ff,ff,ff,ff,ff,ff
END
hive odd --root NewStoreRoot odd.reg
check "a damaged element: exit 1" status 1 bcd odd
check "it is said with its object" says "$LOADER .Windows Boot Loader.: .*11000001" bcd odd
check "with its bytes" holds '.objects[0].elements[0] | .value == null and .hex == "010203" and .problem != null' odd
check "a boolean" holds '.objects[0].elements[] | select(.id == "16000009") | .value == true and .format == "boolean"' odd
check "numbers" holds '.objects[0].elements[] | select(.id == "17000077") | .value == [352321653, 1]' odd
check "a number too large for JSON" holds '.objects[0].elements[] | select(.id == "250000ff") |
	.value == "18446744073709551615" and .name == null' odd

# ---- refused ----

check "no operand" status 2 bcd
check "two operands" status 2 bcd plain.bcd plain.bcd
check "no such file" status 3 bcd nowhere
check "no such image" status 3 bcd 'nowhere.vhd:1:\Boot\BCD'
check "no such partition" status 3 bcd "$WIN7:9:\\Boot\\BCD"
check "no such path" status 3 bcd "$WIN7:1:\\Boot\\BCE"
check "a place in an image is named" says 'win7-mbr-dynamic.vhd: 1:.Boot.BCE' bcd "$WIN7:1:\\Boot\\BCE"
check "a directory" status 3 bcd "$WIN7:1:\\Boot"
check "a hive that is no store" status 3 bcd "$WIN7:2:\\Windows\\System32\\config\\SOFTWARE"
check "it is called so" says 'boot store' bcd "$WIN7:2:\\Windows\\System32\\config\\SOFTWARE"
printf 'not a hive' >text
check "not a hive" status 3 bcd text
: >empty
check "an empty file" status 3 bcd empty
check "a directory of this machine" status 3 bcd .
truncate -s 5M large
check "a file too large" status 3 bcd large
check "JSON of a failure" sh -c '"$1" bcd --json nowhere 2>/dev/null | jq -e ".error.code == \"E_OPEN\" and .exit == 3"' - "$s7b"

# ---- real stores ----

if [ -r "$data/bcd/bitpixie.BCD" ]; then
	for store in "$data"/bcd/*.BCD; do
		bcd "$store" >real.txt 2>real.err || echo "$store: $(cat real.err)"
		[ -s real.err ] && echo "$store: $(cat real.err)"
		bcd --json "$store" | jq -e '.whole' >/dev/null || echo "$store: JSON"
	done >real.bad
	check "every real store, without a complaint" sh -c '[ ! -s real.bad ] || { cat real.bad; exit 1; }'
	check "a virtual disk in a real store" holds '[.. | objects | select(.kind? == "vhd")] | length > 0' \
		"$data/bcd/ntloader_bcdedit_mbr_vhd.BCD"
else
	skip "every real store" "no data"
fi

{ printf regf; head -c 508 /dev/zero; printf HvLE; } >BCD.LOG1
check "a log is no store, and is called one" says 'a transaction log of a hive' "$s7b" bcd BCD.LOG1
done_testing
