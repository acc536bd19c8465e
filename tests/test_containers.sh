#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_containers.sh: one disk of Windows 7 in every container: the same verdicts, the same disk
# after fix as qemu-img and 7zz read it, and every file byte for byte back after undo. The children
# are differencing disks that hold nothing: all that is written must be copied up from the parent.

. "${S7B_SRC:?}/tests/lib.sh"

all="fixed.vhd dynamic.vhd dynamic.vhdx fixed.vhdx raw.img child/child.vhd grandchild/child.vhd
	childx/child.vhdx"
parents="child/base.vhd grandchild/base.vhd grandchild/middle.vhd childx/base.vhdx"

# ---- the same disk in every container ----

cp "$images/win7-mbr-fixed.vhd" fixed.vhd
head -c -512 fixed.vhd >raw.img
cp raw.img before.raw
qemu-img convert -U -f raw -O vpc -o subformat=dynamic,force_size=on raw.img dynamic.vhd
qemu-img convert -U -f raw -O vhdx -o subformat=dynamic raw.img dynamic.vhdx
qemu-img convert -U -f raw -O vhdx -o subformat=fixed raw.img fixed.vhdx
mkdir child grandchild childx
cp fixed.vhd child/base.vhd
child child/child.vhd child/base.vhd
cp dynamic.vhd grandchild/base.vhd
child grandchild/middle.vhd grandchild/base.vhd
child grandchild/child.vhd grandchild/middle.vhd
cp dynamic.vhdx childx/base.vhdx
vhdx_child childx/child.vhdx childx/base.vhdx

# ---- helpers ----

flat() { # IMAGE: its name without a folder's slash, for files that belong to it
	echo "$1" | tr / -
}

# Programs that nobody here wrote read the disk: qemu-img whatever has no parent, 7zz all but raw.
by_qemu() { # IMAGE OUT
	case $1 in
	*.vhdx) qemu-img convert -U -f vhdx -O raw "$1" "$2" ;;
	*.vhd) qemu-img convert -U -f vpc -O raw "$1" "$2" ;;
	*) cp "$1" "$2" ;;
	esac
}

by_7zz() { # IMAGE OUT
	case $1 in
	*.vhdx) 7zz e -so -tVHDX "$1" >"$2" 2>7zz.log ;;
	*) 7zz e -so -tVHD "$1" >"$2" 2>7zz.log ;;
	esac
}

readers_of() { # IMAGE: who can read it
	case $1 in
	*/child.*) echo by_7zz ;;
	*.vhd | *.vhdx) echo by_qemu by_7zz ;;
	*) echo by_qemu ;;
	esac
}

holds() { # IMAGE RAW: every reader reads that disk
	for reader in $(readers_of "$1"); do
		"$reader" "$1" read.raw || return 1
		cmp read.raw "$2" || { echo "$reader"; return 1; }
	done
}

# Windows 7 starts from a VHD natively and not from a VHDX, so native boot is asked apart.
elsewhere=$("$s7b" targets --json |
	jq -r '.targets[].id | select(startswith("vhd-on-") | not) | "--target " + .' | tr '\n' ' ')

check_elsewhere() { # IMAGE
	# shellcheck disable=SC2086
	"$s7b" check --json $elsewhere "$1"
}

# What check says but for the image object, and for the note that is about the container.
check_json() { # IMAGE OUT
	check_elsewhere "$1" |
		jq -S 'del(.image) | .installations[].findings |= map(select(.rule != "D11"))' >"$2"
}

fix_json() { # IMAGE
	"$s7b" fix --json --yes --undo-dir . "$1" >"fix-$(flat "$1").json"
}

values() { # IMAGE: the values that fix changed, without their place in the image file
	jq -S '.changes.values | map(del(.image_offset))' "fix-$(flat "$1").json"
}

ranges() { # FILTER FILE...: "offset length" of announced ranges of the disk, one a line
	filter=$1
	shift
	jq -r ".changes.ranges[] | select($filter) | \"\(.disk_offset) \(.length)\"" "$@"
}

# masked RAW RANGES: the sum of the disk with zeros in these ranges
masked() {
	perl -we '
	use strict;
	my ($raw, $ranges) = @ARGV;
	local $/;
	open my $in, "<:raw", $raw or die "$raw: $!";
	my $disk = <$in>;
	open my $list, "<", $ranges or die "$ranges: $!";
	for (split /\n/, <$list>) {
		my ($at, $len) = split;
		substr($disk, $at, $len) = "\0" x $len;
	}
	binmode STDOUT;
	print $disk' "$1" "$2" | sha256sum | cut -d" " -f1
}

# disk_after IMAGE: the disk as its readers see it, which all must see the same
disk_after() {
	# shellcheck disable=SC2046 # a list of names
	set -- "$1" "after-$(flat "$1").raw" $(readers_of "$1")
	"$3" "$1" "$2" && holds "$1" "$2"
}

only_announced() { # IMAGE: outside of the announced ranges the disk is the old one
	ranges true "fix-$(flat "$1").json" >announced
	[ -s announced ] || { echo "nothing announced"; return 1; }
	[ "$(masked "after-$(flat "$1").raw" announced)" = "$(masked before.raw announced)" ]
}

same_disk() { # IMAGE: as the fixed VHD's, but for times and what hangs on them
	[ "$(masked "after-$(flat "$1").raw" moving)" = "$(masked after-fixed.vhd.raw moving)" ]
}

unchanged() { # LIST-OF-SUMS
	sha256sum --check --quiet "$1"
}

# ---- before ----

sha256sum $all >sums
sha256sum $parents >parent-sums
check_json fixed.vhd check-fixed.json
for image in $all; do
	check "$image: read by others it is the same disk" holds "$image" before.raw
	check "$image: parked" status 1 "$s7b" check "$image"
	check_json "$image" check.json
	check "$image: check says the same" cmp check.json check-fixed.json
done
check "it says something" test "$(jq '.installations|length' check-fixed.json)" = 1
check "diff says what is copied up, and from where" \
	says '1 block copied up from .*base\.vhd \([0-9]+ sectors\); the image file grows by [0-9]+ bytes' \
	"$s7b" diff child/child.vhd
check "the children hold nothing" test "$(stat -c %s child/child.vhd)" -lt 8192
check "looking changed nothing" unchanged sums

# ---- fix ----

for image in $all; do
	check "$image: fix" status 0 fix_json "$image"
	check "$image: others read one disk" disk_after "$image"
	check "$image: every byte that changed was announced" only_announced "$image"
done
check "parents are as they were" unchanged parent-sums
check "the child holds one block" test "$(stat -c %s child/child.vhd)" -lt $((3 << 20))
check "which is more than nothing" test "$(stat -c %s child/child.vhd)" -gt $((2 << 20))
check "the VHDX child ends with a whole block" test "$(stat -c %s childx/child.vhdx)" = $((10 << 20))

check_elsewhere fixed.vhd | jq -S '.installations[].targets' >targets-fixed.json
values fixed.vhd >values-fixed.json
ranges '.value|not' fix-*.json >moving
for image in $all; do
	check "$image: boots" status 0 "$s7b" check "$image"
	check_elsewhere "$image" | jq -S '.installations[].targets' >targets.json
	check "$image: check says the same again" cmp targets.json targets-fixed.json
	values "$image" >values.json
	case $image in
	*.vhdx) check "$image: natively it does not run" \
		says 'Windows boots natively from a VHDX from Windows 8 on' \
		"$s7b" check --target vhd-on-ahci "$image" ;;
	*) check "$image: natively it boots" status 0 "$s7b" check --target vhd-on-ide "$image" ;;
	esac
	check "$image: the same values" cmp values.json values-fixed.json
	check "$image: the same disk" same_disk "$image"
done
check "the disk is another one than before" sh -c '! cmp -s after-fixed.vhd.raw before.raw'
by_7zz child/child.vhd child.raw
dd if=child.raw of=volume bs=512 skip=22528 status=none
ntfscat volume Windows/System32/config/SYSTEM >hive
check "hivex reads Start=0 through the child" \
	test "$(hivexget hive 'ControlSet001\Services\msahci' Start)" = 0

# ---- undo ----

for image in $all; do
	check "$image: undo" status 0 "$s7b" undo --yes --undo-dir . "$image"
done
check "undo gives every byte back, and the length" unchanged sums

# ---- the same disk as other programs sign it ----

# sign FILE CREATOR: the creator in every footer copy, and their checksums
sign() {
	perl -we '
	use strict;
	my ($file, $creator) = @ARGV;
	open my $f, "+<:raw", $file or die "$file: $!";
	my $size = -s $file;
	for my $at (0, $size - 512) {
		seek $f, $at, 0;
		read $f, my $footer, 512;
		next unless substr($footer, 0, 8) eq "conectix";
		substr($footer, 28, 4) = pack "A4", $creator;
		substr($footer, 64, 4) = pack "N", 0;
		my $sum = 0;
		$sum += $_ for unpack "C*", $footer;
		substr($footer, 64, 4) = pack "N", ~$sum & 0xffffffff;
		seek $f, $at, 0;
		print $f $footer;
	}' "$1" "$2"
}

rm -f fixed.vhd.stop7b-undo*
for creator in vbox d2v vpc win qem2 tap; do
	for type in fixed dynamic; do
		cp "$type.vhd" "$creator.vhd"
		sign "$creator.vhd" "$creator"
		sha256sum "$creator.vhd" >creator.sum
		check_json "$creator.vhd" check.json
		check "$creator $type: check says the same" cmp check.json check-fixed.json
		check "$creator $type: fix" status 0 "$s7b" fix --yes "$creator.vhd"
		check "$creator $type: boots" status 0 "$s7b" check "$creator.vhd"
		7zz e -so -tVHD "$creator.vhd" >"after-$creator.raw" 2>7zz.log
		dd if="after-$creator.raw" of=volume bs=512 skip=22528 status=none
		ntfscat volume Windows/System32/config/SYSTEM >hive
		check "$creator $type: hivex reads Start=0 through 7zz" \
			test "$(hivexget hive 'ControlSet001\Services\msahci' Start)" = 0
		check "$creator $type: undo" status 0 "$s7b" undo --yes "$creator.vhd"
		check "$creator $type: every byte is back" unchanged creator.sum
		rm -f "$creator.vhd" "after-$creator.raw"
	done
done

# ---- a disk that the libraries read otherwise ----

# misread FILE DISK-BYTE: its bit in the sector bitmap is cleared: libvhdi shows zeros, all others not
misread() {
	perl -we '
	use strict;
	my ($file, $disk) = @ARGV;
	open my $f, "+<:raw", $file or die "$file: $!";
	seek $f, 1536 + 4 * int($disk / (2 << 20)), 0;
	read $f, my $entry, 4;
	my $sector = $disk % (2 << 20) / 512;
	my $at = 512 * unpack("N", $entry) + int($sector / 8);
	seek $f, $at, 0;
	read $f, my $bits, 1;
	seek $f, $at, 0;
	print $f chr(ord($bits) & ~(0x80 >> $sector % 8))' "$1" "$2"
}

cp dynamic.vhd misread.vhd
# The first sector of a page of SYSTEM that is written to behind it: libvhdi looks at every eighth.
at=$("$s7b" diff --json dynamic.vhd | jq '.changes.values[0].disk_offset | . - . % 4096')
misread misread.vhd "$at"
sha256sum misread.vhd >misread.sum
check "check does not ask whether a write could be verified" status 1 "$s7b" check misread.vhd
check "which says nothing of it" sh -c '! "$0" check misread.vhd | grep -q cannot-verify' "$s7b"
for call in diff fix "fix --yes"; do
	# shellcheck disable=SC2086
	check "$call asks first" status 4 "$s7b" $call misread.vhd
	# shellcheck disable=SC2086
	check "$call says why" says 'cannot-verify: .*byte 0x19000' "$s7b" $call misread.vhd
done
check "the guard is in the object" test "$("$s7b" diff --json misread.vhd 2>diff.err |
	jq -r '[.guards[].id, .exit] | join(" ")')" = "cannot-verify 4"
check "nothing was written" unchanged misread.sum
check "and no record" test ! -e misread.vhd.stop7b-undo

# ---- a disk that has children ----

check "a parent is refused" status 4 "$s7b" fix --yes --undo-dir . child/base.vhd
check "the child is named" says 'child\.vhd' "$s7b" fix --yes --undo-dir . child/base.vhd
check "a child that is a parent, too" status 4 "$s7b" fix --yes --undo-dir . grandchild/middle.vhd
check "nothing was written" unchanged parent-sums
check "--force-parent allows it" status 0 \
	"$s7b" fix --yes --force-parent --undo-dir . child/base.vhd
check "and undo takes it back" status 0 "$s7b" undo --yes --undo-dir . child/base.vhd
check "to the last byte" unchanged parent-sums

done_testing
