#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_boot.sh: boot, explain, and check of several images, as a script sees them: exit status,
# words, JSON, and that looking writes nothing. The load list is compared with what hivexregedit
# finds in the hive.

. "${S7B_SRC:?}/tests/lib.sh"

image() { # NAME: a fresh copy as disk.vhd
	rm -f disk.vhd*
	cp "$images/$1.vhd" disk.vhd
	before=$(sum disk.vhd)
}

fields() { # JQ-FILTER EXPECTED COMMAND...
	filter=$1 expected=$2
	shift 2
	got=$("$@" 2>complaint | jq -rc "$filter") || true
	[ "$got" = "$expected" ] || { echo "got $got, not $expected"; cat complaint; return 1; }
}

# lines REGEX N COMMAND...: so many lines of the output are like that
lines() {
	pattern=$1 wanted=$2
	shift 2
	"$@" >out 2>/dev/null
	got=$(grep -cE -e "$pattern" out)
	[ "$got" = "$wanted" ] || { echo "$got lines like $pattern, not $wanted"; cat out; return 1; }
}

# ---- usage ----

check "boot without an image" status 2 "$s7b" boot
check "boot of two images" status 2 "$s7b" boot a b
check "an unknown target" status 2 "$s7b" boot --target mars "$images/win7-mbr-dynamic.vhd"
check "a missing file" status 3 "$s7b" boot missing.vhd
check "no Windows" status 3 "$s7b" boot "$images/nowindows.vhd"
check "an encrypted volume" status 3 "$s7b" boot "$images/bitlocker.vhd"
check "several Windows" says 'choose one with --partition' "$s7b" boot "$images/twowindows.vhd"
check "one of several Windows" says '^ .  physical-ahci' \
	"$s7b" boot --partition 2 --root '\Windows' --target physical-ahci "$images/twowindows.vhd"

# ---- text ----

image win7-mbr-dynamic
check "a machine it stops on" status 1 "$s7b" boot --target physical-ahci disk.vhd
check "verdict and place" says '^ X  physical-ahci +STOPS at the disk controller +[0-9]+ drivers load before it$' \
	"$s7b" boot --target physical-ahci disk.vhd
check "eleven steps" lines '^    [X=!?] [A-Za-z]' 11 "$s7b" boot --target physical-ahci disk.vhd
check "the step that stops it" says '^    X AHCI controller +msahci +3 Manual: not loaded$' \
	"$s7b" boot --target physical-ahci disk.vhd
check "why it does" says '^        R1  Start=3' "$s7b" boot --target physical-ahci disk.vhd
check "steps behind it wait" lines '^    \? .* waits for' 4 "$s7b" boot --target physical-ahci disk.vhd
check "a machine it boots on" status 0 "$s7b" boot --target vmware-lsi-sas disk.vhd
check "said so" says '^ =  vmware-lsi-sas +BOOTS' "$s7b" boot --target vmware-lsi-sas disk.vhd
check "the machine it ran on" status 0 "$s7b" boot --target last disk.vhd
check "portable: one that stops is enough" status 1 "$s7b" boot disk.vhd
check "portable: one line for each machine" sh -c \
	'[ "$("$1" boot disk.vhd | grep -cE "^ [X=!~?]  [a-z0-9-]+ +[A-Z]")" = "$("$1" boot --json disk.vhd | jq ".rehearsals|length")" ]' \
	- "$s7b"
check "portable: only the step that stops" lines '^    X AHCI controller' \
	"$("$s7b" boot --json disk.vhd | jq '[.rehearsals[]|select(.verdict=="stops" and any(.load[];false|not))|select(.steps[7].title=="AHCI controller")]|length')" \
	"$s7b" boot disk.vhd
check "the load order once" lines '^Load order: [0-9]+ drivers' 1 "$s7b" boot disk.vhd
check "two machines, two times eleven steps" lines '^    [X=!?] [A-Za-z]' 22 \
	"$s7b" boot --target physical-ahci --target last disk.vhd
check "a file of the list" says '^ +[0-9]+ = ACPI +Boot Bus Extender +1  good$' "$s7b" boot disk.vhd
check "looking changed nothing" same_sum disk.vhd "$before"

image missing-driver
check "an empty file" says '^    X IDE controller .*pciide.sys empty$' \
	"$s7b" boot --target physical-ide disk.vhd

# ---- JSON ----

image win7-mbr-dynamic
check "schema" fields '[.schema,.image,.error,.exit]' '["stop7b.boot/1","disk.vhd",null,1]' \
	"$s7b" boot --json --target physical-ahci disk.vhd
check "installation" fields '.installation|[.partition,.root,.version,.architecture,.control_set]' \
	'[2,"\\Windows","Windows 7","x86",1]' "$s7b" boot --json --target last disk.vhd
check "a rehearsal" fields '.rehearsals|map([.target,.verdict,.stops_at])' \
	'[["physical-ahci","stops","controller"]]' "$s7b" boot --json --target physical-ahci disk.vhd
check "no step stops it" fields '.rehearsals|map([.target,.verdict,.stops_at,.files_checked])' \
	'[["last","boots",null,true]]' "$s7b" boot --json --target last disk.vhd
check "exit of a boot that goes through" fields .exit 0 "$s7b" boot --json --target last disk.vhd
check "the steps in their order" fields '.rehearsals[0].steps|map(.step)' \
	'["release","firmware","boot-store","loader","hive","drivers","bus","controller","disk","volume","filters","file-system"]' \
	"$s7b" boot --json --target last disk.vhd
check "its step and machine" fields '.rehearsals[0]|[.verdict,.step,.machine]' '["stops","controller","any"]' \
	"$s7b" boot --json --target physical-ahci disk.vhd
check "a step" fields '.rehearsals[0].steps[7]|[.title,.state,.needs,.words,.service,.services,(.why|length>20)]' \
	'["AHCI controller","stops","msahci","3 Manual: not loaded","msahci",["msahci"],true]' \
	"$s7b" boot --json --target physical-ahci disk.vhd
check "a file of the list" fields \
	'.rehearsals[0].load[]|select(.service=="ACPI")|[.group,.tag,.reason,.parked,.file,.state,.words,.problem]' \
	'["Boot Bus Extender",1,"start",false,"\\Windows\\system32\\drivers\\ACPI.sys","good",null,null]' \
	"$s7b" boot --json --target last disk.vhd
check "kernel and HAL" fields '.rehearsals[0].modules|map(select(.kernel)|[.name,.needed_by,.state])' \
	'[["ntoskrnl.exe",null,"good"],["hal.dll",null,"good"]]' "$s7b" boot --json --target last disk.vhd
check "machines in the order asked for" fields '.rehearsals|map(.target)' '["last","physical-ahci"]' \
	"$s7b" boot --json --target last --target physical-ahci --target last disk.vhd
check "the same verdicts as check" sh -c '
	t="--target physical-ide --target physical-ahci --target hyperv-gen1 --target last"
	"$1" boot --json $t disk.vhd | jq -c "[.rehearsals[]|[.target,.verdict]]" >a
	"$1" check --json $t disk.vhd | jq -c "[.installations[0].targets[]|[.id,.verdict]]" >b
	cmp a b' - "$s7b"
check "an error is part of the object" fields '[.schema,.installation,.rehearsals,.error.code,.exit]' \
	'["stop7b.boot/1",null,[],"E_OPEN",3]' "$s7b" boot --json missing.vhd
check "no Windows, as JSON" fields '[.error.code,.exit]' '["E_NOWINDOWS",3]' \
	"$s7b" boot --json "$images/nowindows.vhd"

# every Start=0 driver and the file system, by another reader of the hive
boot_start() {
	"$s7b" cat "$1" "$2" >hive || return 1
	hivexregedit --export hive 'ControlSet001\Services' 2>/dev/null | perl -ne '
		$name = m{^\[\\ControlSet001\\Services\\([^\\\]]+)\]$}i ? $1 : undef if /^\[/;
		next unless defined $name;
		$type = $1 if /^"Type"=dword:([0-9a-f]+)/i;
		$start{lc $name} = hex $1 if /^"Start"=dword:([0-9a-f]+)/i;
		$kind{lc $name} = hex $1 if /^"Type"=dword:([0-9a-f]+)/i;
		END { print "$_\n" for sort grep { $start{$_} == 0 && $kind{$_} & 0xb } keys %start }'
}
loaded() {
	"$s7b" boot --json --target last "$1" |
		jq -r '.rehearsals[0].load[]|select(.reason=="start")|.service|ascii_downcase' | sort
}
if command -v hivexregedit >/dev/null; then
	boot_start disk.vhd '2:\Windows\System32\config\SYSTEM' >wanted
	loaded disk.vhd >got
	check "the list has what another reader finds" sh -c '[ -s wanted ] && diff wanted got'
else
	skip "the list has what another reader finds" "no hivexregedit"
fi
check "looking changed nothing, again" same_sum disk.vhd "$before"

# ---- a file for another processor ----

# the fixture's drivers are one small PE file each: of the n-th the machine type is changed, until
# it is one that this boot reads
for_x64() { # N
	perl -we '
		my $wanted = shift;
		local $/;
		open my $f, "+<:raw", "disk.vhd" or die;
		my ($disk, $n) = (<$f>, 0);
		while ($disk =~ /MZ\0{58}\x80\0\0\0\0{64}PE\0\0/g) {
			next if $-[0] % 512 || ++$n < $wanted;
			seek $f, $-[0] + 0x84, 0;
			print $f pack "v", 0x8664;
			exit;
		}
		exit 1' "$1"
}
until_bad() { # JQ-FILTER: of a rehearsal, the list of files
	for i in $(seq 3 60); do
		image win7-mbr-dynamic
		for_x64 "$i" || return 1
		[ "$("$s7b" boot --json --target last disk.vhd |
			jq ".rehearsals[0]$1|map(select(.state==\"bad\"))|length")" = 0 ] || return 0
	done
	return 1
}
check "a kernel file" until_bad .modules
check "is named below the list" lines '^       X (ntoskrnl\.exe|hal\.dll): .*x64' 1 \
	"$s7b" boot --target last disk.vhd
check "good ones are not" lines '^       . .*: good' 0 "$s7b" boot --target last disk.vhd
check "a driver" until_bad .load
check "it is the verdict's, not a finding of the rehearsal alone" fields \
	'[.rehearsals[]|.findings|length]|add' 0 "$s7b" boot --json disk.vhd
check "and check says it" fields \
	'[.installations[0].findings[]|select(.rule=="R5" and (.found|contains("x64")))]|length' 1 \
	"$s7b" check --json disk.vhd
check "and in the list" sh -c \
	'[ "$("$1" boot --json --target last disk.vhd | jq "[.rehearsals[0]|.load[],.modules[]|select(.state==\"bad\")]|length")" = 1 ]' - "$s7b"
image win7-mbr-dynamic

# ---- several images ----

cp "$images/win10-gpt-dynamic.vhd" ten.vhd
head -c 5000 ten.vhd >short.vhd
check "one line each" sh -c \
	'"$1" check --json disk.vhd missing.vhd short.vhd ten.vhd | jq -c "[.image.path,.exit]" | tr "\n" " " >got
	[ "$(cat got)" = "[\"disk.vhd\",1] [\"missing.vhd\",3] [\"short.vhd\",3] [\"ten.vhd\",0] " ] || { cat got; exit 1; }' - "$s7b"
check "each line is an object of the schema" sh -c \
	'[ "$("$1" check --json disk.vhd short.vhd ten.vhd | jq -r .schema | sort | uniq -c | tr -s " ")" = " 3 stop7b.check/2" ]' - "$s7b"
check "the worst status" status 3 "$s7b" check --json disk.vhd short.vhd ten.vhd
check "two that are read" status 1 "$s7b" check disk.vhd ten.vhd
check "text: a block each" lines '^[a-z]+\.vhd' 3 "$s7b" check disk.vhd short.vhd ten.vhd
check "text: blocks are apart" lines '^$' 2 "$s7b" check disk.vhd short.vhd ten.vhd
check "text: the one that is not read" lines '^ \?  NOT READ$' 1 "$s7b" check disk.vhd short.vhd ten.vhd
check "text: what is wrong with it" says '^stop7b: short.vhd: ' "$s7b" check disk.vhd short.vhd ten.vhd
check "text: findings without why" lines '^      ' 0 "$s7b" check disk.vhd ten.vhd
check "text: of one image, with why" says '^         Start=3' "$s7b" check disk.vhd

# ---- explain ----

check "a rule" says '^ R2  StartOverride' "$s7b" explain R2
check "a rule without case" says '^ R2  ' "$s7b" explain r2
check "what it says" lines '^   (What it is|Effect|Seen by|Fix|Source) +[A-Z]' 5 "$s7b" explain R2
check "to its last word" says 'StartOverride"$' "$s7b" explain R2
check "in 80 columns" sh -c '! "$1" explain offline | grep -E ".{81}"' - "$s7b"
check "an unknown rule" status 2 "$s7b" explain R99
check "two rules" status 2 "$s7b" explain R1 R2
check "the list" status 0 "$s7b" explain
check "each of the list has its text" sh -c \
	'"$1" explain | sed "/:$/d; /^$/d; /^And every/d" | while read -r id title; do
		[ "$("$1" explain "$id" | sed -n 1p)" = " $id  ${title% (cannot*}" ] || { echo "$id"; exit 1; }
	done' - "$s7b"
explained() { # the words on standard input, at least so many
	while read -r word; do
		"$s7b" explain "$word" >text || { echo "$word"; return 1; }
		[ "$(wc -l <text)" -ge 3 ] || { echo "$word says nothing"; return 1; }
		echo "$word"
	done >words
	[ "$(wc -l <words)" -ge "$1" ] || { tail -1 words; return 1; }
}
"$s7b" targets --json | jq -r '.targets[] | .id, .aliases[]' >targets
check "every target and its older names" explained 40 <targets
sed -n 's/^	\[GUARD_[A-Z_]*\] = {"\([a-z-]*\)".*/\1/p' "$src/src/session/session_guards.c" >guards
check "every guard" explained 14 <guards
jq -r '."$defs".verdict.enum[]' "$src/doc/schema/common.json" >verdicts
check "every verdict of the schema" explained 5 <verdicts
seq 0 6 >statuses
check "every exit status" explained 7 <statuses
check "other words for them" says 'STOP 0x7B: Windows' "$s7b" explain 0x7b
check "what cannot be seen" says 'Secure Boot' "$s7b" explain offline
check "only that" lines '^ R' 0 "$s7b" explain offline
check "all of it" sh -c \
	'[ "$("$1" explain offline | grep -c "^ X")" = "$("$1" explain | grep -c "cannot be seen offline")" ]' - "$s7b"
check "every rule that is found has a text" sh -c '
	for image in win7-mbr-dynamic win10-gpt-dynamic missing-driver xp-mbr; do
		"$1" check --json "$2/$image.vhd" | jq -r ".installations[].findings[].rule"
	done | sort -u >rules
	[ -s rules ] && while read -r rule; do "$1" explain "$rule" >/dev/null || exit 1; done <rules' - "$s7b" "$images"

done_testing
