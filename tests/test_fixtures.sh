#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_fixtures.sh: are the fixtures what they claim to be? Asked of programs that nobody here
# wrote: hivex, chntpw's reged, libregf, ntfs-3g, libfsntfs, sfdisk, qemu-img, 7-Zip, binutils.
# If a fixture is wrong, every other test may be right for the wrong reason.
#
# S7B_SRC names the source tree (default: the parent of this folder), FIXTURE_BIN the folder of
# mkhive, mklog, mkpe and ntfsfill. Prints TAP. Writes only below a folder of its own.

src=${S7B_SRC:-$(dirname "$0")/..}
src=$(cd "$src" && pwd) || exit 99
fixtures=$src/fixtures
FIXTURE_BIN=$(cd "${FIXTURE_BIN:-fixtures}" && pwd) || exit 99
export FIXTURE_BIN
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8
export PATH LC_ALL

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99

n=0
failed=0

# check TEXT COMMAND...: one test; what the command says is shown when it fails
check() {
	text=$1
	shift
	n=$((n + 1))
	if "$@" >"$tmp/said" 2>&1; then
		echo "ok $n - $text"
	else
		echo "not ok $n - $text"
		sed 's/^/# /' "$tmp/said" | head -20
		failed=$((failed + 1))
	fi
}

# needs PROGRAM TEXT COMMAND...: the same, skipped where the program is not installed
needs() {
	if command -v "$1" >/dev/null; then
		shift
		check "$@"
	else
		n=$((n + 1))
		echo "ok $n - $2 # SKIP $1 is not installed"
	fi
}

# same EXPECTED COMMAND...: the command's output is exactly that
same() {
	expected=$1
	shift
	got=$("$@") || return 1
	[ "$got" = "$expected" ] && return
	printf 'expected: %s\ngot: %s\n' "$expected" "$got"
	return 1
}

# status NUMBER COMMAND...
status() {
	wanted=$1
	shift
	"$@"
	got=$?
	[ $got -eq "$wanted" ] || { echo "exit status $got"; return 1; }
}

refuses() {
	! "$@"
}

bytes() {
	od -An -v -tx1 -j"$2" -N"$3" "$1" | tr -d ' \n'
}

# where the first bytes TEXT stand in FILE
place() {
	LC_ALL=C grep -obUa "$2" "$1" | head -1 | cut -d: -f1
}

value() {
	hivexget "$1" "$2" "$3"
}

# ---- hives ----

cat >forms.reg <<'END'
Windows Registry Editor Version 5.00

; every form of a value, a deletion of each kind, a copy
[A\B]
@="default"
"Number"=dword:00000003
"Eight"=qword:0123456789abcdef
"Text"="a \\ and a \""
"Path"=expand:"%SystemRoot%\\x.sys"
"List"=multi:"one","two",\
  "three"
"None"=multi:
"Raw"=hex:01,02,\
  03
"Other"=hex(9):ff
"Empty"=hex:
"Tags"=tags:256,1
"Gone"="x"
[A\C]
;; copy A A2
[-A2\C]
[A2\B]
"Gone"=-
;; written 2013-10-21T16:10:07Z
[Time]
[Größe\日本語]
END
cat >forms.want <<'END'
"@"="default"
"Number"=dword:00000003
"Eight"=hex(11):ef,cd,ab,89,67,45,23,01
"Text"="a \\ and a \""
"Path"=str(2):"%SystemRoot%\\x.sys"
"List"=hex(7):6f,00,6e,00,65,00,00,00,74,00,77,00,6f,00,00,00,74,00,68,00,72,00,65,00,65,00,00,00,00,00
"None"=hex(7):00,00
"Raw"=hex(3):01,02,03
"Other"=hex(9):ff
"Empty"=hex(3):
"Tags"=hex(3):02,00,00,00,00,01,00,00,01,00,00,00
END

list_keys() {
	printf 'cd %s\nls\n' "$2" | hivexsh "$1"
}

forms() {
	hivexget forms.hive 'A2\B' | sort >forms.got && sort forms.want | diff - forms.got
}

key_time() {
	# the key "Time": its nk record is found by its name, the time lies 72 bytes before it
	bytes "$1" $(($(place "$1" Time) - 72)) 8
}

check "mkhive reads every form of a value" "$FIXTURE_BIN/mkhive" forms.reg forms.hive
needs hivexget "values come back as written, copies and deletions done" forms
needs hivexsh "a deleted key is gone, the copied one stays" same B list_keys forms.hive A2
needs hivexsh "names outside ASCII" same 日本語 list_keys forms.hive 'Größe'
check "a key has the time it was given" same 8019480278cece01 key_time forms.hive
needs reged "reged exports it" reged -x forms.hive H A forms.out
needs regfexport "libregf reads every value" regfexport forms.hive
# the descriptor counts its users: the root, A, A\B, A\C, A2, A2\B, Time, Größe, 日本語
descriptor_users() {
	bytes forms.hive $(($(place forms.hive sk) + 12)) 4
}
# h = 37 h + upper case, over TIME
time_hash() {
	bytes forms.hive 0 8192 | grep -o 4b7e4200
}
check "users of the security descriptor" same 09000000 descriptor_users
check "the hash of a name" same 4b7e4200 time_hash
check "largest subkey name of the root, in bytes of UTF-16" same 0a00 bytes forms.hive $((4132 + 52)) 2
check "root key flags" same 2c00 bytes forms.hive 4134 2
check "a mistake in a text is refused" refuses "$FIXTURE_BIN/mkhive" "$0" bad.hive

awk 'BEGIN { for (i = 0; i < 1500; i++) printf "[Many\\Key%04d]\n\"V\"=dword:%08x\n", i * 7 % 1500, i }' \
	>many.reg
echo '"Big"=fill:40000,41' >>many.reg
"$FIXTURE_BIN/mkhive" many.reg many.hive
"$FIXTURE_BIN/mkhive" --minor 3 many.reg many3.hive
"$FIXTURE_BIN/mkhive" --sequence 7 6 --slack 4096 --name 名前 many.reg dirty.hive

reged_finds() {
	reged -x "$1" H "$2" reged.out | grep -v 'not found' && grep -q '^"V"' reged.out
}

# in the order in which the hive lists them: hivexsh would sort
sorted() {
	regfinfo many.hive | sed -n 's/.*) \(Key[0-9]*\)$/\1/p' >keys
	[ "$(wc -l <keys)" -eq 1500 ] && sort keys | diff keys -
}
leaves() {
	bytes many.hive 0 "$(stat -c %s many.hive)" | grep -o 72690300
}

count_keys() {
	list_keys "$1" Many | wc -l
}

big_value() {
	value "$1" 'Many\Key1493' Big | wc -c
}

needs hivexsh "1500 subkeys, listed" same 1500 count_keys many.hive
needs regfinfo "and in order" sorted
check "three leaves under an index root" same 72690300 leaves
needs reged "a subkey is found by name through the index root" reged_finds many.hive 'Many\Key0777'
needs reged "the same in a version 1.3 hive" reged_finds many3.hive 'Many\Key1499'
needs hivexget "a value of 40000 bytes, in segments" same 40000 big_value many.hive
needs hivexget "and in one cell where there are no segments" same 40000 big_value many3.hive
needs regfexport "libregf reads the segments" regfexport many.hive
check "largest value data of a key" same 409c0000 bytes many.hive $(($(place many.hive Key1493) - 12)) 4
check "lists are lh in 1.5" grep -qa 'lh' many.hive
check "and lf in 1.3" refuses grep -qa 'lh' many3.hive
check "sequence numbers" same 0700000006000000 bytes dirty.hive 4 8
check "the file name in the base block" same 0d544d520000 bytes dirty.hive 48 6
check "slack behind the bins" same $(($(stat -c %s many.hive) + 4096)) stat -c %s dirty.hive

# ---- driver files ----

"$FIXTURE_BIN/mkpe" x86.sys --machine x86 --size 3000
"$FIXTURE_BIN/mkpe" x64.sys --machine x64 --size 9216

subsystem() {
	objdump -x "$1" 2>/dev/null | sed -n 's/^Subsystem.*(\(.*\))/\1/p'
}

needs file "x86 driver" same 'x86.sys: PE32 executable (native) Intel 80386, for MS Windows' file x86.sys
needs file "x64 driver" same 'x64.sys: PE32+ executable (native) x86-64, for MS Windows' file x64.sys
needs objdump "native subsystem" same 'NT native' subsystem x64.sys
check "size" same 3072 stat -c %s x86.sys

# ---- NTFS volumes ----

seq 1 40000 >numbers.txt
cat >volume.txt <<END
label Témoin
dir /Windows/System32
file /Windows/System32/numbers.txt $tmp/numbers.txt
text "/日本語 と空白/読んで.txt" こんにちは
fill /forty.bin 100000 28
fragment /pieces.txt $tmp/numbers.txt 8
text /packed.txt
compress /packed.txt
file /packed.txt $tmp/numbers.txt
file /short.txt $tmp/numbers.txt
valid /short.txt 5000
file /secret.txt $tmp/numbers.txt
encrypted /secret.txt
sparse /hole.bin 1000000
wof /wof.sys 50000
many /many 300
time /forty.bin 2013-10-21T16:10:07Z
END
volume() {
	rm -f "$1"
	truncate -s 16M "$1"
	mkntfs -F -Q -T -q -p 2048 -H 16 -S 63 "$1" >/dev/null 2>&1
	"$FIXTURE_BIN/ntfsfill" "$1" "$2"
}
content() {
	ntfscat volume.ntfs "$1" | cmp - "$tmp/numbers.txt"
}
attribute() {
	ntfsinfo -v -F "$1" volume.ntfs 2>/dev/null | awk -v what="$2" '
		/\$DATA \(0x80\)/ { data = 1 }
		data && index($0, what) { sub(/.*:[ \t]*/, ""); sub(/ .*/, ""); print; exit }'
}
extents() {
	ntfsinfo -v -F "$1" volume.ntfs 2>/dev/null | grep -c '^			0x'
}
listed() {
	ntfsls -p "$1" volume.ntfs | grep -c "$2"
}
file_time() {
	ntfsinfo -v -F /forty.bin volume.ntfs 2>/dev/null | grep -q 'Creation Time:.*Oct 21 16:10:07 2013'
}
short_ends() {
	ntfscat volume.ntfs /short.txt | tail -c +5001 | tr -d '\000' | wc -c
}
probe() {
	printf '%s\n' "$1" >state.txt
	volume state.ntfs state.txt
	ntfs-3g.probe --readwrite state.ntfs
}
hibernation() {
	{ printf "$1"; head -c 16380 /dev/zero; } >hiber
	probe "file /hiberfil.sys $tmp/hiber"
}

check "ntfsfill fills a volume" volume volume.ntfs volume.txt
needs ntfsfix "ntfsfix has nothing to complain about" ntfsfix -n volume.ntfs
needs ntfsresize "its clusters are accounted for" ntfsresize -i -f volume.ntfs
needs fsntfsinfo "libfsntfs opens it" fsntfsinfo volume.ntfs
needs 7zz "7-Zip tests it" 7zz t volume.ntfs
check "a file's content" content /Windows/System32/numbers.txt
check "a file in pieces has its content" content /pieces.txt
check "a compressed file has its content" content /packed.txt
check "pieces that do not touch" same 8 extents /pieces.txt
check "one extent" same 1 extents /Windows/System32/numbers.txt
check "the compressed flag" same 0x0001 attribute /packed.txt 'Attribute flags'
check "the encrypted flag" same 0x4000 attribute /secret.txt 'Attribute flags'
check "the sparse flag" same 0x8000 attribute /hole.bin 'Attribute flags'
check "valid data length" same 5000 attribute /short.txt 'Initialized size'
check "bytes behind it read as zeros" same 0 short_ends
check "Japanese names" same こんにちは ntfscat volume.ntfs '/日本語 と空白/読んで.txt'
check "times" file_time
check "many files" same 300 listed /many dll
check "an untouched log is clean" status 0 probe 'text /x'
check "log clean" status 0 probe 'log clean'
check "log open" status 15 probe 'log open'
check "log fast-restart" status 14 probe 'log fast-restart'
check "HIBR is hibernation" status 14 hibernation HIBR
check "zeros are not" status 0 hibernation '\000\000\000\000'
check "an unknown command is refused" refuses volume bad.ntfs forms.reg

# ---- disks ----

names="win7-mbr-dynamic win7-mbr-fixed win7-gpt-dynamic win10-gpt-dynamic win10-mbr-fixed xp-mbr
	nowindows twowindows japanese missing-driver hive-dirty hive-fragmented dirty-volume
	bad-primary-gpt overlap-mbr logical-mbr bitlocker"

raw() {
	qemu-img convert -U -f vpc -O raw "images/$1.vhd" raw.img
}
# partition NAME START SECTORS: that part of the disk in part.ntfs
partition() {
	raw "$1" && dd if=raw.img of=part.ntfs bs=512 skip="$2" count="$3" status=none
}
# service NAME START SECTORS KEY VALUE: a value of the SYSTEM hive there
service() {
	partition "$1" "$2" "$3" && ntfscat part.ntfs /Windows/System32/config/SYSTEM >system.hive &&
		value system.hive "$4" "$5"
}
starts() {
	raw "$1" && sfdisk -d raw.img 2>/dev/null | sed -n 's/.*start= *\([0-9]*\),.*/\1/p' | tr '\n' ' '
}
vpc_size() {
	qemu-img info -U -f vpc "images/$1.vhd" | sed -n 's/.*(\([0-9]*\) bytes).*/\1/p'
}
twice() {
	mkdir -p again && "$fixtures/build.sh" "$1" again && cmp "images/$1.vhd" "again/$1.vhd"
}
drivers_exist() {
	partition "$1" "$2" "$3" || return 1
	ntfsls -p /Windows/System32/drivers part.ntfs >drivers
	for driver in $4; do
		grep -qix "$driver" drivers || { echo "$driver is missing"; return 1; }
	done
}
efi_file() {
	raw "$1" && mdir -b -i raw.img@@1M ::/EFI/Microsoft/Boot/BCD
}
same_disk() {
	raw win7-mbr-dynamic && mv raw.img first.img && raw win7-mbr-fixed && cmp first.img raw.img
}
header() {
	partition "$1" 22528 73728 && bytes part.ntfs 3 8
}
extent_count() {
	partition "$1" 22528 73728
	mv part.ntfs volume.ntfs
	extents /Windows/System32/config/SYSTEM
}

check "the disks are made" "$fixtures/build.sh" $names images
for name in $names; do
	file=$name
	[ "$name" != japanese ] || file=日本語
	needs 7zz "$name: 7-Zip lists it" 7zz l "images/$file.vhd"
done
check "a name that is none is refused" refuses "$fixtures/build.sh" no-such-disk images
check "the same recipe makes the same bytes (MBR)" twice win7-mbr-dynamic
check "the same recipe makes the same bytes (GPT, EFI)" twice win10-gpt-dynamic
check "fixed and dynamic hold the same disk" same_disk
check "size of the fixed disk" same 50331648 vpc_size win7-mbr-fixed
check "size of the dynamic disk" same 50331648 vpc_size win7-mbr-dynamic
check "MBR partitions" same '2048 22528 ' starts win7-mbr-dynamic
check "GPT partitions" same '2048 71680 73728 147456 ' starts win10-gpt-dynamic
check "the backup GPT serves" same '2048 71680 73728 147456 ' starts bad-primary-gpt
check "a logical partition" same '2048 24576 26624 ' starts logical-mbr
check "XP begins at sector 63" same '63 ' starts xp-mbr
needs mdir "the boot store on the EFI partition" same ::/EFI/Microsoft/Boot/BCD efi_file win10-gpt-dynamic
needs hivexget "Windows 7: msahci is parked" same 3 service win7-mbr-dynamic 22528 73728 \
	'ControlSet001\services\msahci' Start
needs hivexget "Windows 7: LSI_SAS is not" same 0 service win7-mbr-dynamic 22528 73728 \
	'ControlSet001\services\LSI_SAS' Start
needs hivexget "Windows 7: the second set differs" same 0 service win7-mbr-dynamic 22528 73728 \
	'ControlSet002\services\pciide' Start
needs hivexget "Windows 10: pciide is overridden for two machines" same 3 service win10-gpt-dynamic \
	73728 73728 'ControlSet001\Services\pciide\StartOverride' 1
needs hivexget "Windows 10: stornvme starts" same 0 service win10-gpt-dynamic 73728 73728 \
	'ControlSet001\Services\stornvme' Start
needs hivexget "twowindows: 7 comes first" same 3 service twowindows 2048 73728 \
	'ControlSet001\services\msahci' Start
needs hivexget "twowindows: then 10" same 0 service twowindows 77824 73728 \
	'ControlSet001\Services\storahci' Start
check "drivers lie where the services say" drivers_exist win7-mbr-dynamic 22528 73728 \
	'msahci.sys pciide.sys atapi.sys lsi_sas.sys disk.sys vmstorfl.sys ntfs.sys spldr.sys vmdebug.sys'
check "missing-driver lacks one" refuses drivers_exist missing-driver 22528 73728 msahci.sys
check "BitLocker's mark" same 2d4656452d46532d header bitlocker
check "NTFS's mark" same 4e54465320202020 header missing-driver
check "hive-fragmented: extents" same 7 extent_count hive-fragmented
check "hive-compressed and others are listed" test "$("$fixtures/build.sh" list | wc -l)" -ge 45

echo "1..$n"
[ $failed -eq 0 ]
