#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_add_driver.sh: a driver that is not there is added to Windows 7 and 10, in every container, on
# both kinds of partition table, from a folder, an ISO and a zip. Afterwards programs that nobody
# here wrote read the file, hivex the registry, and both the volume; what was not announced is as it was,
# and undo puts every byte back. Packages that lie in the disk's own DriverStore are linked.

. "${S7B_SRC:?}/tests/lib.sh"

if ! adds_files; then
	skip "files are added" "built without libntfs-3g"
	done_testing
	exit
fi

packages=$images/packages
checker=$data/../tools/ntfscheck.py
verdicts='[.installations[].targets[]|{id,verdict}]'

# ---- the disks, and the containers of each ----

# disk NAME START ROOT-OF-PARTITION: as raw bytes, with the sum of every file of its Windows volume
disk() {
	start=$2
	disk_bytes "$images/$1.vhd" "$1.raw"
	volume_of "$1.raw"
	sums_of volume >"$1.sums"
	judged volume >"$1.judged"
}

volume_of() { # RAW: the Windows volume, to the file volume
	dd if="$1" of=volume bs=512 skip="$start" count=73728 status=none
}

sums_of() { # VOLUME: every file as 7zz reads it, the metadata files too
	rm -rf files
	7zz x -bd -tNTFS -ofiles "$1" >7zz.log 2>&1 # one has a reparse point that is none
	(cd files && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
}

# judged VOLUME: what ntfsfix finds, and an independent checker where it is present
judged() {
	ntfsfix -n "$1" 2>&1
	[ ! -f "$checker" ] || python3 "$checker" "$1" | sed 's/.*: \([A-Z0-9]* *PROBLEMS\|CONSISTENT\)/\1/'
}

contain() { # NAME CONTAINER: to the file $image, in a folder of its own
	rm -rf in && mkdir in
	case $2 in
	vhd) image=in/disk.vhd; qemu-img convert -U -q -f raw -O vpc -o subformat=dynamic,force_size=on "$1.raw" $image ;;
	vhdx) image=in/disk.vhdx; qemu-img convert -U -q -f raw -O vhdx "$1.raw" $image ;;
	raw) image=in/disk.img; cp --sparse=always "$1.raw" $image ;;
	child.vhd) image=in/$2; qemu-img convert -U -q -f raw -O vpc -o subformat=dynamic,force_size=on "$1.raw" in/base.vhd
		child $image in/base.vhd ;;
	child.vhdx) image=in/$2; qemu-img convert -U -q -f raw -O vhdx "$1.raw" in/base.vhdx
		vhdx_child $image in/base.vhdx ;;
	esac
	before=$(sum $image)
	parent=
	for base in in/base.*; do
		[ ! -f "$base" ] || parent=$(sum "$base")
	done
}

read_disk() { # to the file after.raw
	case $image in
	*.vhdx) 7zz e -so -tVHDX $image >after.raw 2>7zz.log ;;
	*.vhd) 7zz e -so -tVHD $image >after.raw 2>7zz.log ;;
	*) cp $image after.raw ;;
	esac
}

# ---- what is asked of each ----

added() { # STATUS TARGET PACKAGE
	"$s7b" check --json --target all $image | jq "$verdicts" >old.json
	status "$1" "$s7b" fix --json --yes --target "$2" --drivers "$packages/$3" $image >fix.json || return 1
	[ "$(jq '.written' fix.json)" = true ] && read_disk && volume_of after.raw
}

# Every reader has the file as the package has it.
same_file() { # FILE HOST-FILE
	at=Windows/System32/drivers/$1
	ntfscat volume "$at" | cmp - "$2" || { echo ntfscat; return 1; }
	7zz e -so -tNTFS volume "$at" 2>7zz.log | cmp - "$2" || { echo 7zz; return 1; }
	icat -f ntfs volume "$(ifind -f ntfs -n "$at" volume)" | cmp - "$2" || { echo icat; return 1; }
}

# Nothing but the hive, the new file and what the review names of NTFS is another one.
others_same() { # NAME FILE
	sums_of volume >after.sums
	diff "$1.sums" after.sums | sed -n 's/^[<>] [0-9a-f]*  //p' | sort -u >changed
	printf '%s\n' './[SYSTEM]/$Bitmap' './[SYSTEM]/$MFT' './[SYSTEM]/$MFTMirr' \
		"./Windows/System32/config/SYSTEM" "./Windows/System32/drivers/$2" >allowed
	! grep -vxF -f allowed changed || return 1
	grep -qxF "./Windows/System32/drivers/$2" changed
}

# Each changed sector of the whole disk, by a parser of its own; its counts are the table.
sectors_known() { # NAME FILE
	python3 "$src/tests/ntfs_changes.py" --disk $((start * 512)) $(((start + 73728) * 512)) \
		/Windows/System32/config/SYSTEM "$1.raw" after.raw /Windows/System32/drivers "$2" >places || { cat places; return 1; }
}

sound() { # NAME: the volume is judged as it was
	judged volume >after.judged
	diff "$1.judged" after.judged
}

# The service and what binds it, as hivex reads them.
registry() { # NAME SERVICE
	ntfscat volume Windows/System32/config/SYSTEM >hive
	hivexregedit --export hive '' 2>/dev/null >after.reg
	perl -ne '
	BEGIN { $service = shift; $/ = "" }
	print if /^\[\\ControlSet001\\Services\\\Q$service\E[\]\\]/i || /^\[\\Control.*CriticalDevice.*VEN_(1AF4|8086.DEV_(9A0B|467F|A77F))/i ||
		/^\[\\DriverDatabase.*(\Q$service\E\.inf|VEN_1AF4|8086.DEV_(9A0B|467F|A77F))/i' "$2" after.reg |
		perl -0pe 's/hex\(([127])\):((?:[0-9a-f]{2},?)+)/my ($k, $h) = ($1, $2); $h =~ s{,}{}g;
			my $t = pack "H*", $h; $t =~ s{\0}{}g; qq{hex($k)="$t"}/ge' >part.reg
	[ -s part.reg ] || { echo "hivex finds nothing"; return 1; }
	golden=$src/tests/goldens/add-$2-${1%%-*}.reg
	[ -z "${S7B_UPDATE-}" ] || cp part.reg "$golden"
	diff "$golden" part.reg
}

ranks='{"boots":0,"doubt":1,"unknown":2,"likely-stops":3,"stops":4}'
none_worse() { # TARGET: boots, and no other target stops that did not
	"$s7b" check --json --target all $image | jq "$verdicts" >new.json
	jq -n --slurpfile a old.json --slurpfile b new.json \
		"$ranks"' as $r | [$b[0][] as $t | $a[0][] | select(.id == $t.id and $r[.verdict] < $r[$t.verdict])] | length' >worse
	[ "$(cat worse)" = 0 ] || { diff old.json new.json; return 1; }
}

boots() { # TARGET
	status 0 "$s7b" check --target "$1" $image
}

back() { # undo, to the last byte; the parent was never written
	"$s7b" undo --yes $image >undo.out 2>&1 || { cat undo.out; return 1; }
	same_sum $image "$before" || return 1
	[ -z "$parent" ] || same_sum "$(ls in/base.*)" "$parent"
}

# all_of NAME CONTAINER STATUS TARGET PACKAGE SERVICE HOST-FILE
all_of() {
	contain "$1" "$2"
	as="$1 as $2: $6"
	check "$as is added" added "$3" "$4" "$5"
	check "$as: read by three others it is the file" same_file "$6.sys" "$packages/$7"
	check "$as: every other file is as it was" others_same "$1" "$6.sys"
	check "$as: every changed sector of the disk is one that may change" sectors_known "$1" "$6.sys"
	echo "# $(cat places)"
	check "$as: the volume is as sound as it was" sound "$1"
	check "$as: hivex reads service, binding and ids" registry "$1" "$6"
	[ "$3" != 0 ] || check "$as: it boots" boots "$4"
	check "$as: no other target is worse off" none_worse
	check "$as: undo" back
}

w7=w7/x86
w10=w10/amd64
blk=kvm-virtio-blk
scsi=kvm-virtio-scsi
vmd=physical-vmd

disk win7-mbr-dynamic 22528
all_of win7-mbr-dynamic vhd 0 $blk virtio viostor virtio/viostor/$w7/viostor.sys
all_of win7-mbr-dynamic raw 0 $scsi virtio.iso vioscsi virtio/vioscsi/$w7/vioscsi.sys
all_of win7-mbr-dynamic child.vhdx 0 $blk virtio.iso viostor virtio/viostor/$w7/viostor.sys
# A BIOS starts no Windows 7 from a GPT: the driver is added all the same, and it still stops.
disk win7-gpt-dynamic 22528
all_of win7-gpt-dynamic vhdx 1 $blk virtio viostor virtio/viostor/$w7/viostor.sys

disk win10-gpt-dynamic 73728
all_of win10-gpt-dynamic vhdx 0 $scsi virtio.iso vioscsi virtio/vioscsi/$w10/vioscsi.sys
all_of win10-gpt-dynamic raw 0 $vmd vmd.zip iaStorVD vmd/iaStorVD.sys
all_of win10-gpt-dynamic child.vhd 0 $vmd vmd iaStorVD vmd/iaStorVD.sys
disk win10-mbr-fixed 22528
all_of win10-mbr-fixed vhd 0 $blk virtio viostor virtio/viostor/$w10/VIOSTOR.SYS

done_testing
