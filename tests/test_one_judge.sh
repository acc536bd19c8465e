#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_one_judge.sh: check and boot are one judgement, shown short or long. For every Windows of
# every fixture disk, and of real hives where they are, for every target and every machine that can
# be asked for, both say the same verdict and the same step. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

targets=$("$s7b" targets --json | jq -r '"--target " + .targets[].id' | tr '\n' ' ')
targets="$targets --target last"

# What check and boot say, a line each target: id, verdict, step.
of_check='.installations[] | .targets[] | [.id, .verdict, .step // "-"] | join(" ")'
of_boot='.rehearsals[] | [.target, .verdict, .step // "-"] | join(" ")'

# agree IMAGE OPTION...: the same answers from both, and the same exit status
agree() {
	image=$1
	shift
	# shellcheck disable=SC2086
	"$s7b" check --json $targets "$@" "$image" >check.json
	short=$?
	# shellcheck disable=SC2086
	"$s7b" boot --json $targets "$@" "$image" >boot.json
	long=$?
	jq -r "$of_check" check.json >check.txt
	jq -r "$of_boot" boot.json >boot.txt
	[ -s check.txt ] || { echo "nothing was judged"; return 1; }
	diff -u check.txt boot.txt || return 1
	[ "$short" = "$long" ] || { echo "exit $short of check, $long of boot"; return 1; }
	cut -d' ' -f2,3 check.txt >>seen.txt
}

# The machines of the first Windows: "new", ids; "any" where there is nothing to ask.
machines() { # IMAGE OPTION...
	"$s7b" check --json --target physical-ahci "$@" 2>/dev/null |
		jq -r '.installations[0].targets[0].machines[].machine'
}

# each_machine NAME IMAGE OPTION...
each_machine() {
	name=$1
	shift
	for machine in $(machines "$@"); do
		case $machine in
		any) check "$name" agree "$@" ;;
		*) check "$name, machine $machine" agree "$@" --machine "$machine" ;;
		esac
	done
}

# ---- every disk that has a Windows that reads ----

for image in "$images"/*.vhd "$images"/*.img; do
	"$s7b" check --json "$image" 2>/dev/null | jq -r '
		.installations[] | select(.error == null) | "\(.partition)\t\(.root)"' >found.txt
	while IFS="$(printf '\t')" read -r partition root; do
		each_machine "$(basename "$image") $partition$root" "$image" \
			--partition "$partition" --root "$root"
	done <found.txt
done

# ---- files that no loader takes ----

here=$src/fixtures bin=$FIXTURE_BIN work=$tmp/work out=$tmp
mkdir -p "$work"
. "$src/fixtures/parts.sh"
. "$src/fixtures/recipes.sh"
"$bin/mkpe" "$tmp/x64.sys" --machine x64 --size 9216
"$bin/mkpe" "$tmp/x86.sys" --machine x86 --size 9216
truncate -s 9216 "$tmp/zeros.sys"
head -c 2000 "$tmp/x86.sys" >"$tmp/cut.sys"
echo "this is no driver" >"$tmp/text.sys"
: >"$tmp/empty.sys"

# without NAME, with NAME FILE: change a line of the Windows volume's script
without() {
	grep -vi "/$1\"\\{0,1\\} " "$work/windows.txt" >"$work/less.txt"
	cmp -s "$work/less.txt" "$work/windows.txt" && fail "there was no $1"
	mv "$work/less.txt" "$work/windows.txt"
}
with() {
	line=$(grep -i "/$1\"\\{0,1\\} " "$work/windows.txt")
	[ "$line" ] || fail "there was no $1"
	without "$1"
	echo "${line% *} $2" >>"$work/windows.txt"
}

# bad_disk TEXT VERDICT STEP TARGET COMMAND...: Windows 7 with one file changed; both say that
bad_disk() {
	what=$1 verdict=$2 step=$3 target=$4
	shift 4
	windows7 "$(text sas <<-EOF
		[ControlSet001\services\LSI_SAS]
		"Start"=dword:00000000
		[ControlSet001\services\pcw]
		"ErrorControl"=dword:00000003
	EOF
	)"
	"$@"
	windows7_disk
	vhd bad dynamic
	check "$what: both agree" agree bad.vhd
	check "$what: $verdict" grep -qx "$target $verdict $step" check.txt
}

bad_disk "nothing changed" boots - vmware-lsi-sas true
bad_disk "no ntoskrnl.exe" stops loader vmware-lsi-sas without ntoskrnl.exe
bad_disk "an empty hal.dll" stops loader vmware-lsi-sas with hal.dll "$tmp/empty.sys"
bad_disk "a hal.dll for x64" stops loader virtual-pc with hal.dll "$tmp/x64.sys"
bad_disk "no winload.exe" stops loader virtual-pc without winload.exe
bad_disk "lsi_sas.sys for x64" stops controller vmware-lsi-sas with lsi_sas.sys "$tmp/x64.sys"
bad_disk "lsi_sas.sys of zeros" stops controller vmware-lsi-sas with lsi_sas.sys "$tmp/zeros.sys"
bad_disk "lsi_sas.sys cut short" stops controller vmware-lsi-sas with lsi_sas.sys "$tmp/cut.sys"
bad_disk "lsi_sas.sys of text" stops controller vmware-lsi-sas with lsi_sas.sys "$tmp/text.sys"
bad_disk "nobody needs it there" boots - virtual-pc with lsi_sas.sys "$tmp/zeros.sys"
bad_disk "an empty ntfs.sys" stops file-system virtual-pc with ntfs.sys "$tmp/empty.sys"
bad_disk "disk.sys of zeros" stops disk virtual-pc with disk.sys "$tmp/zeros.sys"
bad_disk "a critical driver of text" stops drivers virtual-pc with pcw.sys "$tmp/text.sys"

# ---- real hives ----

if [ -d "$data/system" ]; then
	. "$src/tests/real_lib.sh"
	for hive in win7_sp1_x86_wks732:x86 win81_x64_sensei_dirty_nolog:x64 \
		win10_190x_x64_2kgm189_dirty_nolog:x64 xp_sp3_x86_iecompatvhd:x86; do
		if xz -dc "$data/system/${hive%:*}.SYSTEM.xz" >"$work/SYSTEM" 2>/dev/null; then
			real_disk "$work/SYSTEM" "${hive#*:}" real
			each_machine "the real hive ${hive%:*}" real.vhd
		else
			skip "the real hive ${hive%:*}" "it is not here"
		fi
	done
else
	skip "real hives" "they are not here"
fi

# ---- it looked at something ----

for word in boots doubt stops likely-stops unknown; do
	check "some target has the verdict $word" grep -q "^$word " seen.txt
done
for step in release firmware boot-store controller bus; do
	check "some verdict is given at $step" grep -q " $step\$" seen.txt
done
done_testing
