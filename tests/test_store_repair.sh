#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_store_repair.sh: cloned disks, whose own boot store names the disk that they were made from.
# After fix the store names this one; readers that nobody here wrote agree about the table, the file
# systems and the store, and nothing of any volume outside of the store's and the hive's own bytes
# has changed. Undo gives every byte back.

. "${S7B_SRC:?}/tests/lib.sh"

need() { command -v "$1" >/dev/null 2>&1; }

raw() { qemu-img convert -U -q -f vpc -O raw "$1" "$2"; }

# start N RAW: the first sector of partition N
start() { sfdisk -d "$2" 2>/dev/null | sed -n "s|^$2$1 : start= *\([0-9]*\),.*|\1|p"; }

# extract RAW FILE PATH: a file of the first partition, by what reads its file system
extract() {
	at=$(start 1 "$1")
	case $kind in
	mbr) dd if="$1" of=volume.ntfs bs=512 skip="$at" count=20480 2>/dev/null
		ntfscat volume.ntfs "$3" >"$2" ;;
	gpt) mcopy -n -i "$1@@$((at * 512))" "::$3" "$2" ;;
	esac
}

# element STORE GUID ID: its bytes in hex, as hivex has them
element() {
	hivexregedit --export --prefix 'BCD' "$1" '\Objects' 2>/dev/null | tr -d '\r' |
		awk -v want="$2" -v id="$3" '
		/^\[/ { on = index(tolower($0), tolower(want)) && index($0, "\\Elements\\" id) }
		on && /^"Element"=/ { sub(/.*:/, ""); print; exit }'
}

names_disk() { # STORE GUID ID BYTES: the element holds those bytes in a row
	is=$(element "$1" "$2" "$3")
	case ,$is, in *,$4,*) ;; *) echo "$2 $3: $is"; return 1 ;; esac
}

# only_inside BEFORE AFTER FILE: the two raw disks differ, and only where the file lay as a whole
only_inside() {
	perl -we '
	use strict;
	sub all { open my $f, "<:raw", $_[0] or die "$_[0]: $!"; local $/; return scalar <$f> }
	my ($x, $y, $file) = map { all($_) } @ARGV;
	my $at = index $x, $file;
	die "not one piece" if $at < 0;
	die "longer" if length $x != length $y;
	my $n = 0;
	for (my $i = 0; $i < length $x; $i += 4096) {
		next if substr($x, $i, 4096) eq substr($y, $i, 4096);
		for my $k ($i .. $i + 4095) {
			next if substr($x, $k, 1) eq substr($y, $k, 1);
			$n++;
			die "byte $k" if $k < $at || $k >= $at + length $file;
		}
	}
	die "$n bytes" if $n == 0 || $n > 100' "$1" "$2" "$3"
}

sound() { # RAW: tables and file systems, by their own tools
	sfdisk -V "$1" >sfdisk.out 2>&1 || { cat sfdisk.out; return 1; }
	[ $kind = mbr ] || ! need sgdisk || sgdisk -v "$1" | grep -q "No problems found" || return 1
	[ $kind = mbr ] || {
		dd if="$1" of=esp.fat bs=512 skip="$(start 1 "$1")" count=80000 2>/dev/null
		! need fsck.fat || fsck.fat -n esp.fat >fsck.out 2>&1 || { cat fsck.out; return 1; }
	}
	! need 7zz || 7zz l "$1" >7zz.out 2>&1 || { cat 7zz.out; return 1; }
}

# the directory entry and the allocation table stay: the file is as long and lies where it did
same_table() { # A B
	mdir -i "$1@@$(($(start 1 "$1") * 512))" ::/EFI/Microsoft/Boot >a.dir
	mdir -i "$2@@$(($(start 1 "$2") * 512))" ::/EFI/Microsoft/Boot >b.dir
	cmp a.dir b.dir || return 1
	at=$(start 1 "$1")
	reserved=$(od -An -tu2 -j $((at * 512 + 14)) -N 2 "$1" | tr -d ' ')
	dd if="$1" bs=512 skip="$at" count=$((reserved + 400)) 2>/dev/null >a.fat
	dd if="$2" bs=512 skip="$at" count=$((reserved + 400)) 2>/dev/null >b.fat
	cmp a.fat b.fat
}

silent_about() { # WORD COMMAND...
	word=$1
	shift
	"$@" >said.out
	! grep "$word" said.out
}

fix="--target kvm-sata"
for kind in mbr gpt; do
	image=cloned-$kind.vhd
	cp "$images/$image" "$image"
	cp "$image" "$image.before"
	check "$kind: it will not start" status 1 "$s7b" check $fix "$image"
	"$s7b" fix --yes $fix --only B4 "$image" >fix.out 2>&1
	check "$kind: the fix writes the store" says 'B4|verified by .*libregf' cat fix.out
	if need qemu-img && need hivexregedit && need mcopy && need ntfscat && need sfdisk; then
		raw "$image.before" before.raw
		raw "$image" after.raw
		check "$kind: tables and file systems are sound" sound after.raw
		case $kind in
		mbr) store=/Boot/BCD
			windows='{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}' disk=01,00,00,00,07,00,7d,5b ;;
		gpt) store=/EFI/Microsoft/Boot/BCD
			windows='{b5a1e6d2-36c1-11ea-9d2f-000c29d4e5f6}' disk=00,d0,0e,c1,00,10,00,40,80 ;;
		esac
		[ $kind = mbr ] || check "gpt: table and directory of the ESP stay" same_table before.raw after.raw
		extract before.raw old $store
		extract after.raw bcd $store
		check "$kind: nothing changed outside of the store" only_inside before.raw after.raw old
		manager='{9dea862c-5cdd-4e70-acc1-f32b344d4795}'
		for place in "$windows 11000001" "$windows 21000001" "$manager 11000001"; do
			# shellcheck disable=SC2086
			check "$kind: ${place#* } of ${place%% *} names this disk" names_disk bcd $place $disk
		done
	else
		skip "$kind: what others read" "no qemu-img, hivexregedit, mcopy, ntfscat or sfdisk"
	fi
	"$s7b" fix --yes $fix "$image" >fix.out 2>&1
	check "$kind: with its drivers it boots" says 'BOOTS on KVM, SATA' "$s7b" check $fix "$image"
	[ $kind = gpt ] || check "$kind: undo of the drivers" status 0 "$s7b" undo --yes "$image"
	check "$kind: undo" status 0 "$s7b" undo --yes "$image"
	check "$kind: every byte is back" cmp "$image" "$image.before"
	check "$kind: JSON says what it mends" says '"fixable": *true' "$s7b" check --json $fix "$image"
done

# ---- an EFI partition as others format it: odd clusters, lower case, long names beside it ----

refat() { # RAW NAMES MKFS-OPTION...: its FAT made anew, with the same files
	disk=$1 names=$2
	shift 2
	rm -rf esp fat.img
	mkdir esp
	mcopy -n -s -i "$disk@@1048576" ::/EFI esp/ || return 1
	truncate -s $((69632 * 512)) fat.img
	mkfs.fat "$@" fat.img >mkfs.out 2>&1 || { cat mkfs.out; return 1; }
	if [ "$names" = lower ]; then
		long="BCD of another disk with a name that is longer than anybody needs"
		mv esp/EFI/Microsoft/Boot/BCD esp/EFI/Microsoft/Boot/bcd
		mv esp/EFI/Microsoft esp/EFI/microsoft
		mv esp/EFI esp/efi
		for i in 1 2 3 4 5 6; do echo "$i" >"esp/efi/microsoft/Boot/$long $i"; done
	fi
	mcopy -s -i fat.img esp/* ::/ && dd if=fat.img of="$disk" bs=1M seek=1 conv=notrunc status=none
}

mended() { # RAW: the store alone is, by fsck.fat and undo
	cp "$1" before.raw
	"$s7b" fix --yes --undo-dir . $fix --only B4 "$1" >fix.out 2>&1
	says 'BOOTS' "$s7b" check $fix "$1" && dd if="$1" of=esp.fat bs=1M skip=1 count=34 status=none &&
		fsck.fat -n esp.fat && "$s7b" undo --yes --undo-dir . "$1" && cmp "$1" before.raw
}

if need qemu-img && need mcopy && need mkfs.fat && need fsck.fat; then
	raw "$images/cloned-gpt.vhd" gpt.raw
	for form in "FAT12 of 64 KiB clusters:as-is:-F 12 -s 128" "FAT16:as-is:-F 16 -s 4" \
		"FAT32 in lower case:lower:-F 32 -s 1"; do
		cp gpt.raw form.raw
		options=${form#*:}
		# shellcheck disable=SC2086
		check "${form%%:*}" refat form.raw "${options%%:*}" ${options#*:}
		check "${form%%:*}: it will not start" status 1 "$s7b" check $fix form.raw
		check "${form%%:*}: mended, and back" mended form.raw
	done
else
	skip "an EFI partition as others format it" "no qemu-img, mcopy, mkfs.fat or fsck.fat"
fi

# ---- the other cure: the identifier that the store names ----

mkdir alone beside
cp "$images/cloned-mbr.vhd" alone/disk.vhd
cp alone/disk.vhd before.vhd
cure="--target vmware-ide --only disk-signature"
check "mbr: nothing takes the identifier by itself" silent_about 'disk signature' \
	"$s7b" diff --target vmware-ide alone/disk.vhd
"$s7b" fix --yes $cure alone/disk.vhd >fix.out 2>&1
check "mbr: with the old signature it boots" says 'BOOTS' "$s7b" check --target vmware-ide alone/disk.vhd
check "mbr: undo" status 0 "$s7b" undo --yes alone/disk.vhd
check "mbr: every byte is back" cmp alone/disk.vhd before.vhd
# the table is sound, by those who write tables
whole_table() {
	sfdisk -V "$1" >sfdisk.out 2>&1 || { cat sfdisk.out; return 1; }
	! need sgdisk || sgdisk -v "$1" | grep -q "No problems found"
}

if need sfdisk && need qemu-img; then
	raw "$images/win10-gpt-dynamic.vhd" old.raw
	cp old.raw alone/gpt.raw
	sfdisk -q --disk-id alone/gpt.raw C10ED000-1000-4000-8007-000000000000 >sfdisk.out 2>&1
	cp alone/gpt.raw before.raw
	check "gpt: only its GUID differs" says 'B41 .* if this disk were 57b70000' \
		"$s7b" check --target kvm-sata alone/gpt.raw
	"$s7b" fix --yes --target kvm-sata --only B41 alone/gpt.raw >fix.out 2>&1
	check "gpt: with the old GUID it boots" says 'BOOTS' "$s7b" check --target kvm-sata alone/gpt.raw
	check "gpt: others find no fault" whole_table alone/gpt.raw
	check "gpt: and read that GUID" says '57B70000-1000-4000-8007-000000000000' \
		sfdisk --disk-id alone/gpt.raw
	check "gpt: both headers are as they were" cmp alone/gpt.raw old.raw
	check "gpt: undo" status 0 "$s7b" undo --yes alone/gpt.raw
	check "gpt: every byte is back" cmp alone/gpt.raw before.raw
	cp before.raw beside/gpt.raw
	cp old.raw beside/other.raw
	check "gpt: not while another disk has it" silent_about B41 \
		"$s7b" check --target kvm-sata beside/gpt.raw
else
	skip "gpt: the GUID" "no sfdisk or qemu-img"
fi

# ---- one copy of a GPT damaged: made like the other one ----

if need qemu-img && need sfdisk; then
	raw "$images/win10-gpt-dynamic.vhd" whole.raw
	size=$(wc -c <whole.raw)
	for at in 568 1060 $((size - 512 + 90)) $((size - 512 * 3)); do
		cp whole.raw gpt.raw
		printf '\377' | dd of=gpt.raw bs=1 seek=$at conv=notrunc 2>/dev/null
		cp gpt.raw before.raw
		"$s7b" fix --yes --target kvm-sata --only gpt-copy gpt.raw >fix.out 2>&1
		check "byte $at: the GPT is whole again" cmp gpt.raw whole.raw
		check "byte $at: others find no fault" whole_table gpt.raw
		check "byte $at: undo" status 0 "$s7b" undo --yes gpt.raw
		check "byte $at: every byte is back" cmp gpt.raw before.raw
	done
else
	skip "a damaged GPT" "no qemu-img or sfdisk"
fi

# ---- a damaged footer copy: the only thing that is written into such a file, and alone ----

for at in head tail; do
	cp "$images/win7-mbr-dynamic.vhd" footer.vhd
	size=$(wc -c <footer.vhd)
	[ $at = tail ] && byte=$((size - 400)) || byte=112
	printf '\377' | dd of=footer.vhd bs=1 seek=$byte conv=notrunc 2>/dev/null
	cp footer.vhd before.vhd
	check "$at: the guard says what mends it" says 'only footer-copy' "$s7b" check footer.vhd
	check "$at: nothing else is written" status 4 "$s7b" fix --yes --target kvm-sata footer.vhd
	cmp footer.vhd before.vhd
	"$s7b" fix --yes --only footer-copy footer.vhd >fix.out 2>&1
	check "$at: it is whole again" cmp footer.vhd "$images/win7-mbr-dynamic.vhd"
	check "$at: and the drivers can be mended" status 0 "$s7b" fix --yes --target kvm-sata footer.vhd
	"$s7b" undo --yes footer.vhd >undo.out 2>&1
	check "$at: undo of the footer" status 0 "$s7b" undo --yes footer.vhd
	check "$at: every byte is back" cmp footer.vhd before.vhd
done

# ---- a store that cannot take it: it is the one that is named ----

cp "$images/win7-mbr-dynamic.vhd" store.vhd
cat >lacks.reg <<'END'
Windows Registry Editor Version 5.00

[-Objects\{2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3}\Elements\21000001]
END
"$s7b" set --yes --hive '1:\Boot\BCD' --file lacks.reg store.vhd >set.out 2>&1 || cat set.out
check "undo says which element of whom" \
	says 'osdevice of .2a3b4c5d-96a8-11e0-8b4c-000c29a1b2c3. .Windows 7.' "$s7b" undo --list store.vhd
check "a device that is missing is made" says '^ .*Fix: name this disk' \
	"$s7b" check --target vmware-ide store.vhd
if need qemu-img && need perl; then
	raw store.vhd store.raw
	perl -we '
	use strict;
	open my $f, "+<:raw", "store.raw" or die;
	local $/;
	my $disk = <$f>;
	my $at = index $disk, "sk\0\0", index $disk, "B\0C\0D\0";
	die if $at < 0;
	seek $f, $at + 12, 0;
	print $f pack "V", 999'
	check "the guard names the damaged store" \
		says 'hive-damaged: It cannot be mended from here: 1:.Boot.BCD is damaged' \
		"$s7b" check --target vmware-ide store.raw
	check "and what makes a new one" says 'Rename that store' "$s7b" check --target vmware-ide store.raw
	check "a copy of SYSTEM is no cure for it" silent_about 'Old copy' \
		"$s7b" check --target vmware-ide store.raw
else
	skip "a damaged store" "no qemu-img or perl"
fi

check "the other rules stay away when one is named" says 'Elements' \
	"$s7b" diff $fix --only B4 cloned-mbr.vhd
check "and nothing of the drivers is in it" silent_about msahci \
	"$s7b" diff $fix --only B4 cloned-mbr.vhd

done_testing
