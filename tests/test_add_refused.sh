#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_add_refused.sh: adding a driver where something stands in the way. What is on the disk already is
# completed, what cannot be done is refused in words that say what to do, with the exit status of
# its kind, and then not a byte is another one. A package of the disk's own DriverStore is linked, or
# run from there where no file can be added.

. "${S7B_SRC:?}/tests/lib.sh"

if ! adds_files; then
	skip "files are added" "built without libntfs-3g"
	done_testing
	exit
fi

packages=$images/packages
virtio=$packages/virtio/viostor
drivers=/Windows/System32/drivers
blk="--target kvm-virtio-blk"
seven=win7-mbr-dynamic
ten=win10-gpt-dynamic

# disk NAME LINE...: disk.img, a raw copy with what lines of ntfsfill make on its Windows volume
disk() {
	from=$1
	shift
	case $from in win10*) start=36 ;; *) start=11 ;; esac # MiB
	if [ ! -f "$from.raw" ]; then
		disk_bytes "$images/$from.vhd" "$from.raw"
		dd if="$from.raw" of="$from.volume" bs=1M skip=$start count=36 conv=sparse status=none
	fi
	rm -rf disk.img*
	cp --sparse=always "$from.raw" disk.img
	cp --sparse=always "$from.volume" volume
	printf '%s\n' 'security 101' "$@" >script
	"$FIXTURE_BIN/ntfsfill" volume script || return 1
	[ $# = 0 ] || dd if=volume of=disk.img bs=64K seek=$((start * 16)) conv=notrunc,sparse status=none
	settled
}

settled() { # as it is now, it is the disk to compare with
	rm -f disk.img.*
	cp --sparse=always disk.img before
}

as_before() {
	cmp disk.img before
}

registered() { # LINES of a .reg file on standard input
	{ printf 'Windows Registry Editor Version 5.00\n\n'; cat; } >set.reg
	"$s7b" set --yes --file set.reg disk.img >set.out 2>&1
	[ -f disk.img.stop7b-undo ] || { cat set.out; return 1; }
	settled
}

fix() { # OPTION...
	"$s7b" fix --yes $blk "$@" disk.img >fix.out 2>&1
}

# refused STATUS REGEX OPTION...: that status, those words, and nothing written
refused() {
	wanted=$1 words=$2
	shift 2
	fix "$@"
	got=$?
	[ "$got" = "$wanted" ] || { echo "exit $got, not $wanted"; cat fix.out; return 1; }
	grep -qE -e "$words" fix.out || { echo "no words like: $words"; cat fix.out; return 1; }
	as_before && [ ! -e disk.img.stop7b-undo ]
}

# repaired OPTION...: one change, it boots, and undo brings every byte back
repaired() {
	"$s7b" diff --json $blk "$@" disk.img | jq -r '.changes.values[].subject' | sort -u >subjects
	[ "$(cat subjects)" = viostor ] || { cat subjects; return 1; }
	fix "$@" || { cat fix.out; return 1; }
	status 0 "$s7b" check $blk disk.img && undone
}

undone() {
	"$s7b" undo --yes disk.img >undo.out 2>&1 || { cat undo.out; return 1; }
	as_before
}

# The service as its package would make it, without its file.
cat >service.reg <<'END'
[ControlSet001\Services\viostor]
"Type"=dword:00000001
"Start"=dword:00000000
"ErrorControl"=dword:00000001
"Group"="SCSI miniport"
END

# ---- what is there already ----

file10="file $drivers/viostor.sys $virtio/w10/amd64/VIOSTOR.SYS"
file7="file $drivers/viostor.sys $virtio/w7/x86/viostor.sys"

disk $ten "$file10"
check "the very file is there (R4): the registry alone" repaired --drivers "$virtio"
check "no file is added for it" sh -c '! grep -q "content in free clusters" fix.out'
registered <service.reg
check "file and service, nothing bound (R8)" says '^ !  R8 ' "$s7b" check $blk disk.img
check "R8: bound" repaired --drivers "$virtio"
disk $ten
registered <service.reg
check "service without file (R5)" says '^ X  R5 ' "$s7b" check $blk disk.img
check "R5: file and binding" repaired --drivers "$virtio"
disk $seven "$file7"
registered <service.reg
check "R7: bound, as ever without a package" repaired
disk $seven
registered <service.reg
check "R5 of Windows 7" repaired --drivers "$virtio"

disk $seven
registered <<-'END'
	[-ControlSet001\Enum\PCI]

	[-ControlSet001\Enum\PCIIDE]

	[ControlSet001\Enum\PCI\VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00\3&13c0b0c5&0&28]
	"Service"="oldvirt"
	"ClassGUID"="{4d36e97b-e325-11ce-bfc1-08002be10318}"
END
sed 's/viostor/oldvirt/g' "$virtio/w7/x86/viostor.inf" >old.inf
mkdir old && mv old.inf old/oldvirt.inf && cp "$virtio/w7/x86/viostor.sys" old/oldvirt.sys
last() {
	"$s7b" "$@" --target last disk.img
}
check "the last machine's driver is gone (R9)" says '^ X  R9 +oldvirt' last check
check "R9: a package of that service serves" status 0 last fix --yes --drivers old
check "and it boots there" status 0 last check
check "undo" undone

taken='viostor\.sys is there already, another file of that name: nothing is replaced; delete or rename it'
disk $ten "text $drivers/viostor.sys"
check "an empty file of that name is filled" repaired --drivers "$virtio"
check "the review says what it was" grep -q '^-  viostor.sys  file  empty file' fix.out
registered <service.reg
check "service whose file is empty (R5)" says '^ X  R5 .*empty' "$s7b" check $blk disk.img
check "R5: content and binding" repaired --drivers "$virtio"
disk $ten "text $drivers/viostor.sys MZ of somebody else"
check "another file of that name" refused 4 "$taken" --drivers "$virtio"

# ---- the disk does not take it ----

for from in $seven $ten; do
	disk $from 'log open'
	check "$from: unclean log" refused 4 'LogFile was not cleanly closed.*started and shut down once' \
		--drivers "$virtio"
	check "$from: which cannot be allowed" refused 4 '; --allow does not cover files that are added' \
		--drivers "$virtio" --allow ntfs-log
done
disk $ten 'dirty on'
check "dirty volume" refused 4 'marked dirty: no file is added before chkdsk' --drivers "$virtio"
check "which cannot be allowed" refused 4 '--allow does not cover' --drivers "$virtio" --allow dirty-volume
{ printf HIBR; head -c 16380 /dev/zero; } >hiberfil.sys
disk $ten "file /hiberfil.sys hiberfil.sys"
check "hibernated" refused 4 'Windows sleeps on this volume' --drivers "$virtio"
disk $ten
free=$(ntfsinfo -m volume 2>/dev/null | sed -n 's/.*Free Clusters: *\([0-9]*\).*/\1/p')
disk $ten "fill /full $(((free - 1) * 4096)) 41"
check "no room on the volume" refused 4 'the volume has no room for the file' --drivers "$virtio"
disk $ten "many $drivers/more 1"
for size in 60000 8000 1000; do
	while "$s7b" set --yes disk.img 'CurrentControlSet\Control' "f$size$((i += 1))" binary \
		"$(head -c $size /dev/zero | od -An -v -tx1 | tr -d ' \n')" >set.out 2>&1; do :; done
done
settled
check "no room in the hive" refused 4 'no room: [0-9]+ bytes need a new bin' --drivers "$virtio"

# ---- the package does not serve ----

disk $ten
odd() { # NAME REGEX
	check "odd: $1" refused 1 "not fixable here: .*odd/$1/viostor.inf $2" --drivers "$packages/odd/$1"
}
odd unsigned 'fits and has no embedded signature.*--allow unsigned takes it$'
odd other-machine 'does not fit: viostor.sys is for x86, this Windows is x64$'
odd newer 'does not fit: it is not for this Windows'
odd no-file 'does not fit: viostor.sys is not in the package$'
odd empty-file 'does not fit: viostor.sys is empty$'
odd needs 'does not fit: .*Needs=other.NT, which is not followed$'
odd filter 'does not fit: it puts the filter viofilter on its device'
odd outside 'does not fit: the folder of viostor.sys leads out of the package$'
check "unsigned, when it is allowed" repaired --drivers "$packages/odd/unsigned" --allow unsigned
check "several that do not fit" refused 1 'none of the 10 packages in --drivers serves it: stop7b drivers --all' \
	--drivers "$packages/virtio/NetKVM"
head -c 30000 "$packages/virtio.iso" >cut.iso
check "an archive that is none" refused 1 '--drivers holds no package that can be read: cut\.iso: neither' --drivers cut.iso
mkdir empty
check "an empty folder" refused 1 '--drivers holds no driver package' --drivers empty
check "a path that is not there" refused 3 '^stop7b: nowhere: cannot be opened \(No such file' --drivers nowhere
check "also when nothing is to be repaired" status 3 "$s7b" check --target vmware-nvme --drivers nowhere disk.img

# ---- two that are equally good ----

mkdir -p two/a two/b
cp "$virtio/w10/amd64/viostor.inf" two/a
cp two/a/viostor.inf two/b
"$FIXTURE_BIN/mkpe" two/a/viostor.sys --machine x64 --windows 10.0 --size 4096 --signed
"$FIXTURE_BIN/mkpe" two/b/viostor.sys --machine x64 --windows 10.0 --size 8192 --signed
check "a tie is for a person" refused 1 'of 2 packages that fit equally well, among them two/a/viostor.inf and two/b/viostor.inf' \
	--drivers two
check "one of them alone" repaired --drivers two/b
check "--only its service" repaired --drivers two/a --only viostor
check "--only another" refused 1 'Nothing to change' --drivers two/a --only storahci

# ---- in the DriverStore ----

store=/Windows/System32/DriverStore/FileRepository
linked() { # the file has a second name and no second content
	[ "$("$s7b" cat disk.img "$1" | sha256sum)" = "$(sha256sum <"$2")" ] || return 1
	! grep -q 'content in free clusters' fix.out && grep -q 'hard link to ' fix.out
}
disk win10-imported
check "imported, never bound: without --drivers" fix
check "it is a hard link" linked "3:$drivers/viostor.sys" "$virtio/w10/amd64/VIOSTOR.SYS"
check "it boots" status 0 "$s7b" check $blk disk.img
check "undo" undone
label=$store/viostor.inf_x86_neutral_0011223344556677
imported7() { # LINE...
	disk $seven "dir $label" "file $label/viostor.inf $virtio/w7/x86/viostor.inf" \
		"file $label/viostor.sys $virtio/w7/x86/viostor.sys" "$@"
}
imported7
check "Windows 7: the same" fix
check "it is a hard link" linked "2:$drivers/viostor.sys" "$virtio/w7/x86/viostor.sys"
check "undo" undone

# Without a file: from 8 on it runs from where it is, which may do.
from_store() { # OPTION...: written, likely, and taken back
	fix "$@"
	[ $? = 1 ] && grep -q 'FileRepository.viostor.inf_amd64_0f1e2d3c4b5a6978.viostor.sys"' fix.out ||
		{ cat fix.out; return 1; }
	! grep -q 'NTFS of partition' fix.out || return 1
	says '^ !  LIKELY STOP' "$s7b" check $blk disk.img &&
		says '^ !  R14  viostor' "$s7b" check $blk disk.img || return 1
	status 4 "$s7b" fix --yes $blk "$@" disk.img && undone
}
disk win10-imported 'log open'
check "unclean log: asks first" refused 4 'ntfs-log'
check "allowed: the registry alone, and likely" from_store --allow ntfs-log
disk win10-imported 'dirty on'
check "dirty volume: the same" from_store --allow dirty-volume
disk win10-imported "text $drivers/viostor.sys"
check "an empty file is no second name: it gets the content" repaired
disk win10-imported "text $drivers/viostor.sys MZ of somebody else"
check "name taken: from the store" from_store
imported7 'log open'
check "Windows 7 does not start from there" refused 4 'LogFile was not cleanly closed' --allow ntfs-log

done_testing
