#!/bin/sh
# SPDX-License-Identifier: MIT
#
# oracle_dirty.sh: the SYSTEM hive of a real Windows 10 that was not closed cleanly, on a disk with
# a log that fits it: read as Windows would read it, repaired, and left clean for hivex, libregf and
# reged. The log is made by the fixtures' own writer: it changes one letter, so that its replay can be
# seen.

. "${S7B_SRC:?}/tests/lib.sh"

packed=$data/system/win10_190x_x64_2kgm189_dirty_nolog.SYSTEM.xz
if [ ! -f "$packed" ]; then
	skip "the whole job on a dirty hive of Windows 10" "no real data here"
	done_testing
	exit
fi
. "$src/tests/real_lib.sh"

# ---- a dirty hive and what its log makes of it ----

xz -dc "$packed" >"$work/SYSTEM"
perl -0777 -pe '
	my $from = join "", map "$_\0", split //, "stornvme.inf,%StorNVMe";
	my $to = join "", map "$_\0", split //, "stornvme.INF,%StorNVMe";
	my $n = s/\Q$from\E/$to/gi;
	die "text not found" unless $n' "$work/SYSTEM" >"$work/NEW"
"$FIXTURE_BIN/mklog" "$work/SYSTEM" "$work/NEW" "$work/LOG1"
echo "file /Windows/System32/config/SYSTEM.LOG1 $work/LOG1" >"$work/more.txt"
real_disk "$work/SYSTEM" x64 dirty
before=$(sum dirty.vhd)

# ---- helpers ----

start_of() { # HIVE SERVICE
	hivexget "$1" "ControlSet001\\Services\\$2" Start
}

sequences() { # HIVE
	od -An -tu4 -j4 -N8 "$1" | tr -s ' '
}

target=physical-ide

# ---- the job ----

check "the hive is dirty" sh -c '[ $(od -An -tu4 -j4 -N4 "$1") != $(od -An -tu4 -j8 -N4 "$1") ]' - "$work/SYSTEM"
check "check says what was recovered" says 'HIVE RECOVERED' "$s7b" check --machine last --target $target dirty.vhd
check "the log's text is seen" says 'stornvme.INF' "$s7b" reg dirty.vhd 'CurrentControlSet\Services\stornvme'
check "the disk does not boot there" status 1 "$s7b" check --machine last --target $target dirty.vhd
check "looking changed nothing" same_sum dirty.vhd "$before"
hive_of dirty.vhd old-hive
check "the hive comes out as it was put in" cmp "$work/SYSTEM" old-hive
"$s7b" check --json --machine last --target $target dirty.vhd >check.json
"$s7b" fix --json --yes --machine last --target $target dirty.vhd >fix.json
check "fix --yes" test $? = 0
check "it boots there" status 0 "$s7b" check --machine last --target $target dirty.vhd
check "nothing is recovered any more" sh -c '! "$1" check --target '$target' dirty.vhd | grep -q RECOVERED' - "$s7b"

hive_of dirty.vhd new-hive
# shellcheck disable=SC2046 # two numbers
set -- $(sequences new-hive)
check "both numbers are equal" test "$1" = "$2"
check "and larger than before" test "$1" -gt "$(od -An -tu4 -j4 -N4 "$work/SYSTEM" | tr -d ' ')"
for service in $(jq -r '.changes.values[] | select(.name == "Start") | .subject' fix.json | sort -u); do
	check "hivex reads $service Start=0" test "$(start_of new-hive "$service")" = 0
done
check "something was fixed" test "$(jq '.changes.values | length' fix.json)" -gt 0
check "hivex reads the log's text" sh -c \
	'hivexget new-hive "ControlSet001\\Services\\stornvme" DisplayName | grep -q stornvme.INF'
check "libregf reads the hive whole" sh -c 'regfexport new-hive >regf.out 2>regf.err && [ ! -s regf.err ]'
reged -x new-hive HKEY_LOCAL_MACHINE\\SYSTEM 'ControlSet001\Services\disk' new.reg >reged.out 2>&1
check "reged reads it" grep -qi '"ErrorControl"=dword:' new.reg
check "hivexml reads it whole" sh -c 'hivexml new-hive >xml.out'

# An edit of another kind on the dirty hive: new cells, more than its own bytes.
check "undo" status 0 "$s7b" undo --yes dirty.vhd
check "every byte of the image is back" same_sum dirty.vhd "$before"
long=$(printf '%02000d' 1)
check "a long new value" status 0 "$s7b" set --yes dirty.vhd 'CurrentControlSet\Services\disk' Long sz "$long"
hive_of dirty.vhd new-hive
check "hivex reads it" test "$(hivexget new-hive 'ControlSet001\Services\disk' Long)" = "$long"
head -c 20000 /dev/zero | tr '\0' x >big.txt
check "big data" sh -c '"$1" set --yes dirty.vhd "CurrentControlSet\\Services\\disk" Big sz "$(cat big.txt)"' - "$s7b"
hive_of dirty.vhd new-hive
check "hivex reads big data" sh -c \
	'[ "$(hivexget new-hive "ControlSet001\\Services\\disk" Big)" = "$(cat big.txt)" ]'
check "undo" status 0 "$s7b" undo --yes dirty.vhd
check "undo again" status 0 "$s7b" undo --yes dirty.vhd
check "every byte of the image is back, again" same_sum dirty.vhd "$before"

done_testing
