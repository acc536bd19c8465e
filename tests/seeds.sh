#!/bin/sh
# SPDX-License-Identifier: MIT
#
# seeds.sh FIXTURES OUT: what fuzzing starts from: OUT/TARGET/* for every fuzz target. Small, sound
# inputs made from the readable texts of FIXTURES by the fixture tools and by mkntfs, mkfs.fat,
# sfdisk, qemu-img and perl; the undo record by the program itself (S7B).

set -eu
fixtures=$1 out=$2
bin=${FIXTURE_BIN:?names the folder of fixture tools}
PATH=$PATH:/usr/sbin:/sbin
SOURCE_DATE_EPOCH=1333803914 MTOOLS_SKIP_CHECK=1
export PATH SOURCE_DATE_EPOCH MTOOLS_SKIP_CHECK
for target in archive bcd boot_ini fat hive hive_check hive_edit hive_log image inf keys ntfs ntfs_write partition pe reg_text undo; do
	mkdir -p "$out/$target"
done
cd "$out"

# ---- hives, boot stores, logs, registry texts ----

hive() { # TEXT OUT [OPTION...]
	hive_text=$fixtures/$1.reg hive_out=$2
	shift 2
	"$bin/mkhive" "$@" "$hive_text" "$hive_out"
}

services() { # N: the text of a hive with so many
	printf '%s\n\n' 'Windows Registry Editor Version 5.00' ';; written 2012-04-07T12:58:31Z' \
		'[Select]' '"Current"=dword:00000001' "[ControlSet001\\Control]" '"Seed"=fill:80,5a'
	i=0
	while [ $i -lt "$1" ]; do
		printf '%s\n' "[ControlSet001\\services\\driver$i]" '"Start"=dword:00000003' \
			"\"Group\"=\"SCSI miniport\"" "\"ImagePath\"=expand:\"system32\\\\driver$i.sys\""
		i=$((i + 1))
	done
}
services 12 >services.reg
{ cat services.reg; printf '[Large]\n"Value"=fill:16400,5a\n'; } >large.reg
"$bin/mkhive" services.reg hive/services
"$bin/mkhive" large.reg hive/large
hive odd-names hive/odd-names --slack 4096
hive japanese hive/japanese
cp hive/* hive_check/
for name in services large odd-names japanese; do # 16 edits of 4 bytes stand at the end
	{ cat "hive/$name"; head -c 64 "$fixtures/windows7.reg"; } >"hive_edit/$name"
done
hive bcd7 bcd/bcd7 --minor 3
hive bcd10 bcd/bcd10 --minor 3
printf '%s\r\n' '[boot loader]' 'timeout=30' 'default=multi(0)disk(0)rdisk(0)partition(1)\WINDOWS' \
	'[operating systems]' 'multi(0)disk(0)rdisk(0)partition(1)\WINDOWS="Windows XP" /fastdetect' \
	'signature(5b7d0099)disk(0)rdisk(0)partition(2)\WINNT="2000"' 'C:\="DOS"' >boot_ini/xp
cp "$fixtures/odd-start.reg" "$fixtures/odd-names.reg" "$fixtures/japanese.reg" reg_text/

sed 's/"Start"=dword:00000003/"Start"=dword:00000000/' services.reg >later.reg
"$bin/mkhive" --sequence 5 4 services.reg old
"$bin/mkhive" later.reg new
"$bin/mklog" old new log
perl -e 'for (@ARGV) { open F, "<:raw", $_ or die; local $/; $_ = <F>; print pack("V", length), $_ }' \
	old log >hive_log/new-log

# ---- programs ----

"$bin/mkpe" pe/x86.sys --machine x86 --size 9216
"$bin/mkpe" pe/x64.sys --machine x64 --size 9216

# ---- packages ----

FIXTURE_BIN=$bin sh "$fixtures/packages.sh" packages
cp packages/vmd/iaStorVD.inf inf/vmd
cp packages/virtio/viostor/w7/x86/viostor.inf inf/viostor
cp packages/virtio/vioscsi/w10/amd64/vioscsi.inf inf/vioscsi-utf16
cp packages/vmd.zip archive/vmd.zip
7zz a -bso0 -mx0 archive/stored.zip ./packages/vmd
xorriso -report_about WARNING -as mkisofs -quiet -J -r -no-pad -o archive/vmd.iso packages/vmd >/dev/null 2>&1

# ---- volumes ----

ntfs() { # NAME: with what the text on standard input says
	truncate -s 1200K "ntfs/$1"
	mkntfs -F -Q -T -q -s 512 -c 4096 -p 0 -H 16 -S 63 "ntfs/$1" >mkntfs.log 2>&1 ||
		{ cat mkntfs.log; exit 1; }
	cat >script
	"$bin/ntfsfill" "ntfs/$1" script
}
ntfs names <<END
dir /Windows/System32/config
file /Windows/System32/config/SYSTEM $out/hive/japanese
many /Windows/System32/drivers 6
END
ntfs packed <<END
dir /packed
compress /packed
fill /packed/file 20000 41
wof /wof.sys 5000
END
ntfs places <<END
fragment /fragments $out/hive/odd-names 3
sparse /hole 100000
END

cat >script <<END
security 101
dir /Windows/System32/drivers
fill /Windows/System32/drivers/disk.sys 3000 41
many /Windows/System32/drivers 20
END
for geometry in 512-512-1200K 512-4096-1200K 512-65536-6M 4096-4096-2M 4096-8192-3M; do
	seed=ntfs_write/$geometry sector=${geometry%%-*} cluster=${geometry#*-}
	truncate -s "${geometry##*-}" "$seed"
	mkntfs -F -Q -T -q -s "$sector" -c "${cluster%-*}" -p 0 -H 16 -S 63 "$seed" >mkntfs.log 2>&1 ||
		{ cat mkntfs.log; exit 1; }
	"$bin/ntfsfill" "$seed" script
done
fat() { # NAME KIBIBYTES BITS
	mkfs.fat -C -F "$3" -s 1 -n SEED "fat/$1" "$2" >/dev/null
	mmd -i "fat/$1" ::/EFI ::/EFI/Microsoft "::/EFI/a long name with spaces"
	mcopy -i "fat/$1" bcd/bcd7 ::/EFI/Microsoft/BCD
}
fat fat12 256 12
fat fat16 2400 16

# ---- images ----

truncate -s 3M disk.raw
printf 'label: dos\nstart=64, size=2400, type=7, bootable\nstart=2496, size=2048, type=5\nstart=2560, size=1024, type=7\n' |
	sfdisk --quiet disk.raw >/dev/null 2>&1
dd if=ntfs/names of=disk.raw bs=512 seek=64 count=1 conv=notrunc status=none
truncate -s 3M gpt.raw
printf 'label: gpt\nstart=64, size=2048\nstart=2112, size=1024\n' | sfdisk --quiet gpt.raw >/dev/null 2>&1
cp disk.raw gpt.raw image/
cp disk.raw gpt.raw partition/
truncate -s 3M partition/gpt-4096
for move in '0 0 1' '1 8 1' '2 16 32'; do # the same numbers of sectors that are eight times as long
	set -- $move
	dd if=gpt.raw of=partition/gpt-4096 bs=512 skip="$1" seek="$2" count="$3" conv=notrunc status=none
done
qemu-img convert -U -q -f raw -O vpc -o subformat=fixed,force_size=on gpt.raw image/fixed.vhd
qemu-img convert -U -q -f raw -O vpc -o subformat=dynamic,force_size=on disk.raw image/dynamic.vhd
qemu-img convert -U -q -f raw -O vhdx -o subformat=dynamic,block_size=1M,log_size=1M disk.raw image/dynamic.vhdx

# The same with an entry in its log that is still to be replayed. Checksums are the target's to make.
perl -we 'my ($from, $to) = @ARGV;
	open my $in, "<:raw", $from or die "$from: $!";
	my $file = do { local $/; <$in> };
	my ($id, $size, $sequence) = ("\x07" x 16, length $file, 7);
	substr $file, $_ * 65536 + 48, 16, $id for 1, 2;
	substr $file, 1 << 20, 8192, pack "a4 VVV Q< VV a16 Q< Q< a4 a4 a8 Q< Q< x4000 a4 V a4084 V",
		"loge", 0, 8192, 0, $sequence, 1, 0, $id, $size, $size,
		"desc", "tail", "leading8", $size - 4096, $sequence, "data", 0, "body", $sequence;
	open my $out, ">:raw", $to or die "$to: $!";
	print $out $file;' image/dynamic.vhdx image/log.vhdx

# ---- disks of pieces, as tests/fuzz_pieces.h takes them ----

perl -we 'for my $name (@ARGV) {
	open my $in, "<:raw", $name or die "$name: $!";
	my $volume = do { local $/; <$in> };
	my ($out, $tail) = (pack("V", length($volume) / 512 - 1), 0);
	for my $i (0 .. length($volume) / 512 - 1) {
		my $piece = substr $volume, $i * 512, 512;
		my $first = unpack "v", $piece;
		my $sequence = $name =~ /^ntfs/ && $piece =~ /^\0{510}/ && $tail > 0;
		$tail = $piece =~ /^(FILE|INDX)/ ? unpack("x6 v", $piece) - 1 : $tail - 1;
		if ($piece !~ /[^\xff]/) {
			$out .= pack "V", $i | 1 << 31;
		} elsif ($piece eq pack "v*", map { $_ & 0xffff } $first .. $first + 255) {
			$out .= pack "Vv", $i | 1 << 30, $first;
		} elsif ($piece =~ /[^\0]/ && !$sequence) {
			$out .= pack("V", $i) . $piece;
		}
	}
	open $in, ">:raw", $name or die "$name: $!";
	print $in $out;
}' fat/* image/* ntfs/* ntfs_write/* partition/*
printf '\020' | dd of=partition/gpt-4096 bs=1 seek=3 conv=notrunc status=none # its flag 1

# ---- keys, and the disk that they are pressed on ----

cp "${S7B_IMAGES:?}/xp-boot-ini.vhd" keys.vhd
printf 'f\nt t\033d\n\n\033?\033i\033p\nz \033a\033/stor\033\360\050\020jjkk' >keys/pages
printf 'tj f\033\nf\nu\033e0\n\022a \033d\n/win\n\n/system32\n\n/config\n\n/system\n\njj\n' >keys/registry

# ---- an undo record ----

cp "$S7B_IMAGES/win7-mbr-dynamic.vhd" seed.vhd
"${S7B:?}" fix --yes seed.vhd >fix.log
cp seed.vhd.stop7b-undo undo/record
rm -rf packages seed.vhd seed.vhd.stop7b-undo disk.raw gpt.raw old new log services.reg large.reg later.reg script ./*.log
