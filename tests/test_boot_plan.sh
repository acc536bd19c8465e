#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_boot_plan.sh: the plan command: from a host's store, from a store inside an image, without one, and
# the other direction; what is refused, and that nothing is overwritten.

. "${S7B_SRC:?}/tests/lib.sh"

disk=$images/win7-mbr-dynamic.vhd

fields() { # JQ-FILTER EXPECTED FILE
	got=$(jq -rc "$1" "$3") || return 1
	[ "$got" = "$2" ] || { echo "got $got, not $2"; return 1; }
}

# store OUT: a boot store with a loader for \vhd\win7.vhd on some partition, another Windows, and the
# boot manager, which starts the first one
guid() { # TEXT: a GUID as bytes of a device element, zeros here
	echo "00,00,00,00,00,00,00,00,00,00,00,00,00,00,00,00"
}

le32() {
	printf '%02x,%02x,%02x,%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

zeros() { # N
	i=0
	while [ $i -lt "$1" ]; do printf ',00'; i=$((i + 1)); done
}

wide() { # TEXT: UTF-16 with its NUL
	printf '%s' "$1" | iconv -f utf-8 -t utf-16le | od -An -v -tx1 | tr -s ' \n' ',' | sed 's/,$//'
	printf ',00,00'
}

partition() { # OFFSET: a plain partition of the host's disk, without the options
	printf '06,00,00,00,00,00,00,00,48,00,00,00,00,00,00,00'
	printf ',%s%s' "$(le32 "$1")" "$(zeros 12)"
	printf ',00,00,00,00,01,00,00,00,a4,4d,23,36%s%s' "$(zeros 12)" "$(zeros 16)"
}

vhd_device() { # WINPATH ELEMENT: as bcdedit writes vhd=[C:]\path
	path=$(wide "$1")
	len=$(($(printf '%s' "$1" | wc -m) * 2 + 2))
	total=$((190 + len))
	printf '%s' "$(guid)"
	printf ',08,00,00,00,00,00,00,00,%s,00,00,00,00' "$(le32 $((total - 16)))"
	printf ',00,00,00,00,%s,1e,00,00,00,00,00' "$(le32 "$2")"
	printf ',00,00,00,00,00,00,00,00,%s,00,00,00,00' "$(le32 $((total - 46)))"
	printf ',06,00,00,00%s' "$(zeros 20)"
	printf ',00,00,00,00,00,00,00,00,%s,00,00,00,00' "$(le32 $((total - 86)))"
	printf ',05,00,00,00,01,00,00,00,%s,05,00,00,00' "$(le32 $((total - 106)))"
	printf ',%s%s' "$(partition 1048576)" "$path"
}

# the path begins with a comma of its own
store() { # OUT WINPATH
	win7='{11111111-2222-3333-4444-555555555555}'
	host='{66666666-7777-8888-9999-aaaaaaaaaaaa}'
	bootmgr='{9dea862c-5cdd-4e70-acc1-f32b344d4795}'
	{
		echo 'Windows Registry Editor Version 5.00'
		echo
		for id in "$win7" "$host"; do
			printf '[Objects\\%s\\Description]\n"Type"=dword:10200003\n\n' "$id"
			printf '[Objects\\%s\\Elements\\12000002]\n"Element"="\\\\Windows\\\\system32\\\\winload.exe"\n\n' "$id"
			printf '[Objects\\%s\\Elements\\22000002]\n"Element"="\\\\Windows"\n\n' "$id"
		done
		printf '[Objects\\%s\\Elements\\12000004]\n"Element"="Windows 7 (VHD)"\n\n' "$win7"
		printf '[Objects\\%s\\Elements\\12000004]\n"Element"="Windows Server"\n\n' "$host"
		printf '[Objects\\%s\\Elements\\11000001]\n"Element"=hex:%s\n\n' "$win7" "$(vhd_device "$2" 301989890)"
		printf '[Objects\\%s\\Elements\\21000001]\n"Element"=hex:%s\n\n' "$win7" "$(vhd_device "$2" 570425346)"
		for element in 11000001 21000001; do
			printf '[Objects\\%s\\Elements\\%s]\n"Element"=hex:%s,%s\n\n' "$host" $element "$(guid)" "$(partition 2097152)"
		done
		printf '[Objects\\%s\\Description]\n"Type"=dword:10100002\n\n' "$bootmgr"
		printf '[Objects\\%s\\Elements\\23000003]\n"Element"="%s"\n\n' "$bootmgr" "$win7"
		printf '[Objects\\%s\\Elements\\24000001]\n"Element"=multi:"%s","%s"\n\n' "$bootmgr" "$win7" "$host"
		printf '[Description]\n"KeyName"="BCD00000000"\n'
	} >store.reg
	"$FIXTURE_BIN/mkhive" --minor 3 --root NewStoreRoot store.reg "$1"
}

store BCD.host '\vhd\win7.vhd'
check "the store reads" status 0 "$s7b" bcd BCD.host
check "which is known by its file alone" sh -c '"$1" bcd --json BCD.host >bcd.json &&
	jq -e "[.. | objects | select(.kind? == \"vhd\") | [.table, .signature, .disk]] | unique == [[null, null, null]]" bcd.json' - "$s7b"
check "its entry is the virtual disk" says 'device +vhd=\[.*\]\\vhd\\win7.vhd' "$s7b" bcd BCD.host

# ---- from the host's store ----

check "a plan" status 0 "$s7b" plan --bcd BCD.host --vhd 'D:\vhd\win7.vhd' -o plan.cmd "$disk"
check "it deletes that entry" grep -q 'delete.*11111111-2222-3333-4444-555555555555.*/cleanup' plan.cmd
check "it deletes no other" sh -c '! grep "/delete" plan.cmd | grep -q 66666666'
check "never by force" sh -c '! grep -qi "bcdedit.* /f" plan.cmd'
check "lines end as Windows wants" sh -c '! grep -qv "$(printf "\r")\$" plan.cmd'
check "it is not overwritten" status 4 "$s7b" plan --bcd BCD.host --vhd 'D:\vhd\win7.vhd' -o plan.cmd "$disk"
for format in md json; do
	check "the same as $format" status 0 "$s7b" plan --bcd BCD.host --format $format \
		--vhd 'D:\vhd\win7.vhd' -o "plan.$format" "$disk"
done
check "JSON names the entry" fields '.entries[0].id' \
	'{11111111-2222-3333-4444-555555555555}' plan.json
check "and its default" fields '[.. | .commands? // empty | .. | .words? // empty | join(" ")] | map(select(test("/default")))|length > 0' true plan.json
check "PowerShell is no format" status 2 "$s7b" plan --bcd BCD.host --format ps1 --vhd 'D:\vhd\win7.vhd'
check "no such format" status 2 "$s7b" plan --bcd BCD.host --format xml --vhd 'D:\vhd\win7.vhd'
check "another disk's path: nothing to do" status 1 "$s7b" plan --bcd BCD.host --vhd 'D:\other.vhd' "$disk"
check "that is said" says 'no entry of this disk is planned' \
	"$s7b" plan --bcd BCD.host --vhd 'D:\other.vhd' "$disk"
check "and no file is written" sh -c '"$1" plan --bcd BCD.host --vhd "D:\\other.vhd" -o none.cmd "$2" 2>err;
	[ $? = 1 ] && [ ! -e none.cmd ] && grep -q "none.cmd was not written" err' - "$s7b" "$disk"
check "nor a text printed" sh -c '[ -z "$("$1" plan --bcd BCD.host --vhd "D:\\other.vhd" 2>err)" ] && ! grep -qe "--vhd" err' - "$s7b"
check "JSON is an answer all the same" sh -c '"$1" plan --bcd BCD.host --format json --vhd "D:\\other.vhd" >none.json 2>err
	[ $? = 1 ] && jq -e ".entries == []" none.json' - "$s7b"
check "without a path the option is named" says '--vhd with the disk' "$s7b" plan --bcd BCD.host
check "by file name alone it is uncertain" status 1 "$s7b" plan --bcd BCD.host --vhd 'E:\elsewhere\win7.vhd'
check "and why is said" says '11111111.*' "$s7b" plan --bcd BCD.host --vhd 'E:\elsewhere\win7.vhd'
check "unless it is named" status 0 "$s7b" plan --bcd BCD.host --vhd 'E:\elsewhere\win7.vhd' \
	--entry '{11111111-2222-3333-4444-555555555555}'
check "the boot manager is never deleted" sh -c \
	'"$1" plan --bcd BCD.host --entry "{9dea862c-5cdd-4e70-acc1-f32b344d4795}" >out 2>&1; [ $? = 1 ] && ! grep -q "/delete.*9dea862c" out' - "$s7b"
printf 'D:\\vhd\\other.vhd\r\n' >listing
check "a listing without the file: a dead entry is offered" says '11111111' \
	"$s7b" plan --bcd BCD.host --listing listing --vhd 'D:\vhd\other.vhd'
check "and the option that plans it" says '--entry with its id' \
	"$s7b" plan --bcd BCD.host --listing listing --vhd 'D:\vhd\other.vhd'
check "so does a listing alone" says '--vhd with the disk' "$s7b" plan --bcd BCD.host --listing listing
check "the dead entry by hand" says '/delete.*11111111' "$s7b" plan --bcd BCD.host --listing listing \
	--entry '{11111111-2222-3333-4444-555555555555}'
check "the help of a listing names both" sh -c '"$1" plan -h | tr -s "\n " " " | grep -qe "--listing FILE .*for --entry; --vhd"' - "$s7b"
check "a store that is not there" status 3 "$s7b" plan --bcd nowhere --vhd 'D:\vhd\win7.vhd'
check "not a store" status 3 "$s7b" plan --bcd store.reg --vhd 'D:\vhd\win7.vhd'
cp BCD.host BCD.second
check "two stores need a name" status 2 "$s7b" plan --bcd BCD.host --bcd BCD.second --vhd 'D:\vhd\win7.vhd'
check "two stores, two files" status 0 "$s7b" plan --bcd BCD.host --bcd BCD.second --vhd 'D:\vhd\win7.vhd' -o two.cmd
check "the second one" test -s two-2.cmd
check "a store inside an image" status 1 "$s7b" plan --bcd "$disk:1:\\Boot\\BCD" --vhd 'D:\vhd\win7.vhd'
check "an offline store on the host" says '/store' \
	"$s7b" plan --bcd BCD.host --store 'E:\Boot\BCD' --vhd 'D:\vhd\win7.vhd'
check "the store is as it was" sh -c 'cmp BCD.host BCD.second'

# ---- without a store ----

check "the plain plan" says 'bcdedit' "$s7b" plan --vhd 'D:\vhd\win7.vhd' "$disk"
check "it looks for the entry there" says 'if /i "%%c\[%%d]%%e"=="vhd=\[D:]\\vhd\\win7.vhd"' \
	"$s7b" plan --vhd 'D:\vhd\win7.vhd'
check "the same as Markdown" says '/delete \{found\} /cleanup' "$s7b" plan --format md --vhd 'D:\vhd\win7.vhd'
check "and as JSON" sh -c '"$1" plan --format json --vhd "D:\\vhd\\win7.vhd" "$2" >found.json' - "$s7b" "$disk"
check "the entry has no id there" fields '[.store, .entries[].id]' '[null,null]' found.json
check "an entry needs a store" status 2 "$s7b" plan --entry '{1}' --vhd 'D:\vhd\win7.vhd'
check "a listing needs a store" status 2 "$s7b" plan --listing listing --vhd 'D:\vhd\win7.vhd'
check "nothing is known at all" status 2 "$s7b" plan

# ---- the other direction ----

check "a new entry" says '/copy' "$s7b" plan --add --vhd 'D:\vhd\win7.vhd' "$disk"
check "as Markdown" says 'detecthal' "$s7b" plan --add --format md --vhd 'D:\vhd\win7.vhd' "$disk"
check "a new entry is in no store" status 2 "$s7b" plan --add --bcd BCD.host --vhd 'D:\vhd\win7.vhd' "$disk"
check "without a path" status 2 "$s7b" plan --add "$disk"
check "a path on a share" status 2 "$s7b" plan --add --vhd '\\server\share\win7.vhd' "$disk"

done_testing
