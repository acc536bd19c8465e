#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_field.sh: disks as they come in from the field, each with one thing that is wrong or odd, and the
# answer that an administrator needs: verdict, step, the rule that speaks and its words. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

here=$src/fixtures bin=$FIXTURE_BIN work=$tmp/work out=$tmp
mkdir -p "$work"
. "$src/fixtures/parts.sh"
. "$src/fixtures/recipes.sh"

# seven NAME, ten NAME: standard input is registry text on top of that Windows
seven() {
	windows7 "$(text case)"
	windows7_disk
	vhd "$1" dynamic
}
ten() {
	windows10 "$(text case)"
	[ -z "${more-}" ] || echo "file /Windows/System32/drivers/$more $work/driver.sys" >>"$work/windows.txt"
	windows10_gpt
	vhd "$1" dynamic
}

# software NAME: Windows 7 with standard input as its SOFTWARE hive
software() {
	hive "$work/SOFTWARE.case" --root ROOT "$(text software)"
	windows7
	sed -i "s|^file \(.*/config/SOFTWARE\) .*|file \1 $work/SOFTWARE.case|" "$work/windows.txt"
	windows7_disk
	vhd "$1" dynamic
}

# verdict EXPECTED IMAGE OPTION...: "VERDICT STEP RULE..." of the first target; rules of notes are left out
verdict() {
	expected=$1
	shift
	"$s7b" check --json "$@" >check.json
	got=$(jq -r '.installations[0] | [.targets[0].verdict, .targets[0].step // "-"] +
		[.findings[] | select(.severity != "note") | .rule] | join(" ")' check.json)
	[ "$got" = "$expected" ] || { echo "$got"; return 1; }
}

# note RULE REGEX IMAGE OPTION...: a finding of that rule with such words; an empty REGEX: none
note() {
	rule=$1 words=$2
	shift 2
	"$s7b" check --json "$@" | jq -r --arg rule "$rule" '.installations[0].findings[] |
		select(.rule == $rule) | .found + "; " + .why' >notes.txt
	if [ "$words" ]; then grep -qE "$words" notes.txt; else [ ! -s notes.txt ]; fi ||
		{ cat notes.txt; return 1; }
}

# ---- what SOFTWARE says ----

software home <<-EOF
	[Microsoft\Windows NT\CurrentVersion]
	"EditionID"="HomePremium"
	"ProductName"="Windows 7 Home Premium"
EOF
check "an edition that does not start natively is named" note B37 \
	'only Enterprise and Ultimate start natively, and this is HomePremium' home.vhd --target vhd-on-raid
check "it is a note" verdict "boots -" home.vhd --target vhd-on-raid
check "elsewhere nobody asks" note B37 "" home.vhd --target vmware-lsi-sas
software ultimate <<-EOF
	[Microsoft\Windows NT\CurrentVersion]
	"EditionID"="UltimateN"
EOF
check "Ultimate needs no note" note B37 "" ultimate.vhd --target vhd-on-raid
check "the name of the product will do" note B37 "" "$images/win7-mbr-dynamic.vhd" --target vhd-on-raid
software policy <<-EOF
	[Policies\Microsoft\Windows\DeviceInstall\Restrictions]
	"DenyUnspecified"=dword:00000001
	"DenyDeviceIDs"=dword:00000000
	"DenyDeviceClasses"=dword:00000001
EOF
check "without a word about the edition it is not known" \
	note B37 'which this is is not known' policy.vhd --target vhd-on-raid
check "policies in force are named" \
	note F10 'DenyUnspecified, DenyDeviceClasses; .*forbids new devices' policy.vhd --target virtual-pc
check "not for the machine that it knows" note F10 "" policy.vhd --target virtual-pc --machine last
check "none is in force" note F10 "" home.vhd --target virtual-pc
windows7
sed -i '/config.SOFTWARE/d' "$work/windows.txt"
windows7_disk
vhd bare dynamic
check "no SOFTWARE: not known" note B37 'is not known' bare.vhd --target vhd-on-raid
windows7
sed -i "s|^file \(.*/config/SOFTWARE\) .*|file \1 $work/driver.sys|" "$work/windows.txt"
windows7_disk
vhd broken dynamic
check "no hive: not known" note B37 'is not known' broken.vhd --target vhd-on-raid
seven server <<-EOF
	[ControlSet001\Control\ProductOptions]
	"ProductType"="ServerNT"
EOF
check "a server starts natively in every edition" note B37 "" server.vhd --target vhd-on-raid

# ---- the way to the loader ----

seven seven </dev/null
poke "$work/disk.raw" $((446 + 16)) '\200'
vhd two dynamic
check "two active partitions" verdict "stops firmware B16" two.vhd --target kvm-ide
windows10
sed -i '/winload.efi/d' "$work/windows.txt"
windows10_gpt
vhd no-loader dynamic
check "no winload.efi" verdict "stops loader B7 R2 R2" no-loader.vhd --target hyperv-gen2
check "nothing is repaired there" says '^Nothing to change' "$s7b" diff --target hyperv-gen2 no-loader.vhd
qemu-img convert -U -q -f vpc -O vhdx seven.vhd seven.vhdx
check "Windows 7 from a VHDX" verdict "stops release" seven.vhdx --target vhd-on-ahci
check "64-bit in Virtual PC" verdict "stops release" "$images/win10-gpt-dynamic.vhd" --target virtual-pc

# ---- what others left ----

more=prl_strg.sys
ten parallels <<-EOF
	[ControlSet001\Services\prl_strg]
	"Type"=dword:00000001
	"Start"=dword:00000000
	"ErrorControl"=dword:00000001
	"ImagePath"=expand:"System32\\\\drivers\\\\prl_strg.sys"
	[ControlSet001\Control\Class\{4d36e967-e325-11ce-bfc1-08002be10318}]
	"LowerFilters"=multi:"prl_strg"
EOF
more=
check "a filter of Parallels elsewhere" verdict "likely-stops filters R10" parallels.vhd --target kvm-sata
check "and at home" verdict "boots -" parallels.vhd --target parallels
ten snapman <<-EOF
	[ControlSet001\Control\Class\{4d36e967-e325-11ce-bfc1-08002be10318}]
	"UpperFilters"=multi:"partmgr","snapman"
	[ControlSet001\Services\snapman]
	"Type"=dword:00000001
	"Start"=dword:00000000
	"ErrorControl"=dword:00000001
	"ImagePath"=expand:"System32\\\\drivers\\\\snapman.sys"
EOF
check "a filter whose file is gone" verdict "stops filters F1" snapman.vhd --target physical-ahci
ten acme <<-EOF
	[ControlSet001\Services\acme]
	"Type"=dword:00000001
	"Start"=dword:00000000
	"ErrorControl"=dword:00000001
	"ImagePath"=expand:"System32\\\\drivers\\\\acme.sys"
EOF
check "a boot driver without its file" verdict "likely-stops drivers R5" acme.vhd --target physical-ahci
ten parked <<-EOF
	[ControlSet001\Services\acme]
	"Type"=dword:00000001
	"Start"=dword:00000000
	"ErrorControl"=dword:00000003
	"ImagePath"=expand:"System32\\\\drivers\\\\acme.sys"
	[ControlSet001\Services\acme\StartOverride]
	"0"=dword:00000003
EOF
check "a new machine's loader looks for the file" verdict "likely-stops drivers R5" parked.vhd --target vmware-nvme
check "nobody looks for it where it is parked" verdict "boots -" parked.vhd --target vmware-nvme --machine last

# ---- what the repair of one part says of the others ----

windows7
sed 's/07,00,7d,5b/21,43,65,87/' "$here/bcd7.reg" >"$work/bcd.reg"
hive "$work/BCD" --minor 3 --root NewStoreRoot "$work/bcd.reg"
mv "$work/SYSTEM" "$work/NEW"
sed '/^"Start"/s/00000000$/00000003/' "$here/windows7-services.reg" >"$work/asleep.reg"
hive "$work/SYSTEM" --sequence 13984 13983 "$work/asleep.reg" windows7.reg windows7-sets.reg
"$bin/mklog" "$work/SYSTEM" "$work/NEW" "$work/LOG1"
sed -i "s|^text \(.*/SYSTEM.LOG1\)\$|file \1 $work/LOG1|" "$work/windows.txt"
windows7_disk
vhd logged dynamic
cp logged.vhd logged.was
check "the store is mended and the hive judged with its log" \
	says '^ =  FIXED    0 of' "$s7b" fix --yes --target vmware-lsi-sas logged.vhd
check "and the disk boots" verdict "boots -" logged.vhd --target vmware-lsi-sas
check "undo gives every byte back" "$s7b" undo --yes logged.vhd
check "every one" cmp logged.vhd logged.was
xp_disk 'multi(0)disk(0)rdisk(0)partition(1)\WINDOWS'
poke "$work/disk.raw" 446 '\000'
poke "$work/disk.raw" $((63 * 512 + 28)) '\101'
vhd two-ways dynamic
check "what the active partition will have wrong is said at once" \
	verdict "stops firmware B16 B19" two-ways.vhd --target virtual-pc
check "and mended at once" says '^ =  BOOTS' "$s7b" fix --yes --target virtual-pc two-ways.vhd
done_testing
