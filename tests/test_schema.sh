#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_schema.sh: has every JSON that the program prints the form that doc/schema/ says? Asked of
# every fixture disk and of what goes wrong with it, of dirty hives and interrupted applies, and of
# real boot stores where they are. What is asked is in schema.py. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

python=
for p in python3 /usr/bin/python3; do
	"$p" -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null && python=$p && break
done
if [ -z "$python" ]; then
	skip "JSON fits its schemas" "python3-jsonschema is not here"
	done_testing
	exit
fi

mkdir json
cases=0

# asked TEXT SCHEMA COMMAND...: what the command prints is judged later, whatever its status
asked() {
	cases=$((cases + 1))
	echo "$cases.json $2" >>json/index
	echo "$1" >"json/$cases.json.text"
	shift 2
	more "$@"
}

# more COMMAND...: what another one prints belongs to the same case
more() {
	"$@" </dev/null >>"json/$cases.json" 2>>err.txt
	got=$?
	[ "$got" -le 6 ] || echo "exit $got: $*" >>crashes.txt
}

# judged FILE: nothing was wrong with it
judged() {
	[ -f "$1.bad" ] || { echo "nobody looked at it"; return 1; }
	cat "$1.bad"
	[ ! -s "$1.bad" ]
}

copy() { # NAME: a fresh copy as disk.vhd
	rm -f disk.vhd*
	cp "$images/$1" disk.vhd
}

SYSTEM='\Windows\System32\config\SYSTEM'
MSAHCI='CurrentControlSet\Services\msahci'

# ---- every disk ----

every() { # TEXT SCHEMA COMMAND [BEHIND THE IMAGE]...
	text=$1 name=$2 command=$3
	shift 3
	asked "$text of every disk" "$name" true
	for image in "$images"/*.vhd "$images"/*.img; do
		more "$s7b" "$command" --json "$image" "$@"
	done
}

every check check check
every boot boot boot --target last
every diff change diff
every partitions ls ls
every "a folder" ls ls '2:\Windows\System32\config'
every "a folder of the first partition" ls ls 1
every "a key" reg reg "$MSAHCI"

# ---- one disk, closely ----

copy win7-mbr-dynamic.vhd
asked "the targets" targets "$s7b" targets --json
asked "driver packages" drivers "$s7b" drivers --json --drivers "$images/packages/virtio.iso" \
	--drivers "$images/packages/vmd.zip" --drivers "$images/packages/odd" "$images/win10-gpt-dynamic.vhd"
asked "driver packages of the DriverStore" drivers "$s7b" drivers --json "$images/win10-imported.vhd"
asked "no driver packages" drivers "$s7b" drivers --json disk.vhd
asked "a place that is none" error "$s7b" drivers --json --drivers nowhere disk.vhd
asked "boot of every machine" boot "$s7b" boot --json disk.vhd
asked "boot of a machine that is named" boot "$s7b" boot --json --target vhd-on-ahci \
	"$images/win10-gpt-dynamic.vhd"
asked "boot that does not come to drivers" boot "$s7b" boot --json "$images/missing-driver.vhd"
asked "several disks" check "$s7b" check --json disk.vhd "$images/not-a-disk.vhd" disk.vhd
asked "several disks in brief" check-brief "$s7b" check --json --brief disk.vhd \
	"$images/not-a-disk.vhd" "$images/twowindows.vhd" "$images/nowindows.vhd"
check "briefly" [ "$(head -n 1 "json/$cases.json" | wc -c)" -lt 4096 ]
asked "every key of a hive" reg "$s7b" reg --json --hive "2:$SYSTEM" disk.vhd
asked "values of all types" reg "$s7b" reg --json "$images/odd-start.vhd" \
	'ControlSet001\Control\Session Manager'
asked "odd names" reg "$s7b" reg --json "$images/odd-names.vhd" 'ControlSet001\Services'
asked "set, only shown" change "$s7b" set --json disk.vhd "$MSAHCI" Start dword 0
asked "set that changes nothing" change "$s7b" set --json disk.vhd "$MSAHCI" Start dword 3
printf 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Neu]\n"a"=hex:01\n\n[-HKEY_LOCAL_MACHINE\\SYSTEM\\Setup]\n' >new.reg
asked "keys made and deleted" change "$s7b" set --json --file new.reg disk.vhd
asked "fix, only shown" change "$s7b" fix --json disk.vhd
asked "fix" change "$s7b" fix --json --yes disk.vhd
if adds_files; then
	asked "a driver to be added, only shown" change "$s7b" fix --json --target kvm-virtio-blk \
		--drivers "$images/packages/virtio" "$images/win10-gpt-dynamic.vhd"
	check "its file is a value, its structures a sentence" jq -e \
		'(.changes.values[] | select(.operation == "add-file").name) == "viostor.sys" and
		(.changes.file_system | length) == 1' "json/$cases.json"
	check "and the package that it comes from" jq -e \
		'[.changes.values[].package | select(.) | .source |= sub(".*/packages/"; "")] == [{inf: "viostor.inf",
		source: "virtio/viostor/w10/amd64/viostor.inf", version: "100.95.104.26200", date: "2024-11-04"}]' \
		"json/$cases.json"
	asked "a driver to be linked" change "$s7b" diff --json --target kvm-virtio-blk "$images/win10-imported.vhd"
else
	skip "a driver to be added" "built without libntfs-3g"
fi
asked "a driver that nothing serves" change "$s7b" fix --json --target kvm-virtio-blk \
	--drivers "$images/packages/odd" "$images/win10-gpt-dynamic.vhd"
asked "fix of what is right" change "$s7b" fix --json --yes disk.vhd

# ---- interrupted: the record without its completion mark ----

record=disk.vhd.stop7b-undo
size=$(wc -c <"$record")
dd if=/dev/zero of="$record" bs=512 count=1 seek=$((size / 512 - 1)) conv=notrunc status=none
asked "check of an interrupted apply" check "$s7b" check --json disk.vhd
check "it says so" grep -q '"interrupted":true' "json/$cases.json"
asked "boot of an interrupted apply" boot "$s7b" boot --json disk.vhd
asked "diff of an interrupted apply" change "$s7b" diff --json disk.vhd
asked "fix of an interrupted apply" change "$s7b" fix --json --yes disk.vhd

# ---- what grows, what is refused ----

if [ -f "$images/vhd-differencing.vhd" ]; then
	asked "a disk that lacks its parent" check "$s7b" check --json "$images/vhd-differencing.vhd"
fi
asked "a dirty hive with its log" change "$s7b" diff --json "$images/hive-logged.vhd"
asked "a log with a torn entry" check "$s7b" check --json "$images/hive-log-torn.vhd"
asked "boot of it" boot "$s7b" boot --json "$images/hive-log-torn.vhd"
asked "its registry" reg "$s7b" reg --json "$images/hive-log-torn.vhd"
asked "a dirty hive without one" change "$s7b" fix --json --yes "$images/hive-dirty.vhd"
asked "a hibernated Windows" change "$s7b" fix --json --yes "$images/hibernated.vhd"
asked "no such file" check "$s7b" check --json nothing.vhd
asked "boot of no such file" boot "$s7b" boot --json nothing.vhd
for command in diff fix ls reg bcd; do
	asked "$command of no such file" error "$s7b" "$command" --json nothing.vhd
done
asked "set of no such key" error "$s7b" set --json disk.vhd 'CurrentControlSet\Nix' a dword 1
asked "ls of no such folder" error "$s7b" ls --json disk.vhd '2:\Nix'
asked "reg of no such key" error "$s7b" reg --json disk.vhd 'CurrentControlSet\Nix'

# ---- boot stores, and the plan for the host ----

"$s7b" cat "$images/win7-mbr-dynamic.vhd" '1:\Boot\BCD' >win7.bcd
"$s7b" cat "$images/win10-gpt-dynamic.vhd" '1:\EFI\Microsoft\Boot\BCD' >win10.bcd
asked "first aid, what there is" aids "$s7b" aid --json disk.vhd
asked "first aid, only shown" change "$s7b" aid --json disk.vhd show-stop
asked "first aid that is refused" error "$s7b" aid --json disk.vhd disable disk
asked "a boot store" bcd "$s7b" bcd --json win7.bcd
asked "a boot store of UEFI" bcd "$s7b" bcd --json win10.bcd
asked "a boot store in an image" bcd "$s7b" bcd --json "$images/win7-mbr-dynamic.vhd:1:\\Boot\\BCD"
head -c 9000 win7.bcd >cut.bcd
asked "a boot store cut short" bcd "$s7b" bcd --json cut.bcd

plan() { # TEXT OPTION...: a plan as JSON
	text=$1
	shift
	rm -f plan.json
	"$s7b" plan --format json "$@" >plan.json 2>>said.txt
	asked "$text" plan cat plan.json
}

plan "a plan that adds" --add --vhd 'D:\vhd\win7.vhd'
plan "a plan without a store" --vhd 'D:\vhd\win7.vhd'
plan "a plan with a store" --bcd win7.bcd --vhd 'D:\vhd\win7.vhd' "$images/win7-mbr-dynamic.vhd"
plan "a plan with an entry by hand" --bcd win7.bcd --vhd 'D:\vhd\win7.vhd' \
	--entry '{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}'

if [ -d "$data/bcd" ]; then
	asked "real boot stores" bcd true
	for store in "$data"/bcd/*.BCD; do
		more "$s7b" bcd --json "$store"
	done
	plan "a plan with a real store" --bcd "$data/bcd/lyshie_mbr_vhd_win7.BCD" --vhd 'D:\vhd\win7.vhd'
else
	skip "real boot stores" "no real data here"
fi

# ---- the judgement ----

check "the schemas are schemas, and strict" sh -c 'cd "$1" && "$2" tests/schema.py' - "$src" "$python"
check "all were judged" sh -c 'cd "$1" && "$2" tests/schema.py "$3"' - "$src" "$python" "$tmp/json"
for case in $(seq "$cases"); do
	check "$(cat "json/$case.json.text")" judged "json/$case.json"
done
check "no command ended in another way" test ! -s crashes.txt
check "no sanitizer complained" sh -c '! grep -E "Sanitizer|runtime error" err.txt'
done_testing
