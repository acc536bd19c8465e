#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_drivers.sh: stop7b drivers over packages in folders, an ISO and a zip, and in the DriverStore of
# a disk: which fit, which is the best, why the others do not, and that nothing is written or unpacked.

. "${S7B_SRC:?}/tests/lib.sh"

packages=$images/packages
ten=$images/win10-gpt-dynamic.vhd
seven=$images/win7-mbr-dynamic.vhd

drivers() { # IMAGE PATH...: as JSON
	image=$1
	shift
	for path; do
		shift
		set -- "$@" --drivers "$path"
	done
	"$s7b" drivers --json "$@" "$image"
}

# asked FILTER EXPECTED IMAGE PATH...
asked() {
	filter=$1 expected=$2
	shift 2
	got=$(drivers "$@" | jq -c "$filter")
	[ "$got" = "$expected" ] || { echo "$got"; return 1; }
}

# ---- what fits ----

fitting='[.packages[]|select(.fits)|.source|sub(".*/packages/";"")]'
virtio='["DIRvioscsi/w10/amd64/vioscsi.inf","DIRvioscsi/2k19/amd64/vioscsi.inf"'
virtio=$virtio',"DIRvioscsi/w8.1/amd64/vioscsi.inf","DIRvioscsi/w7/amd64/vioscsi.inf"'
virtio=$virtio',"DIRviostor/w10/amd64/viostor.inf","DIRviostor/2k19/amd64/viostor.inf"'
virtio=$virtio',"DIRviostor/w8.1/amd64/viostor.inf","DIRviostor/w7/amd64/viostor.inf"]'
in_form() { # TEXT: the list with TEXT in front of each
	echo "$virtio" | sed "s|DIR|$1|g"
}

check "a folder: the best for this Windows comes first" asked "$fitting" "$(in_form virtio/)" \
	"$ten" "$packages/virtio"
check "an ISO gives the same" asked "$fitting" "$(in_form 'virtio.iso: ')" "$ten" "$packages/virtio.iso"
check "an .inf stands for itself" asked "$fitting" '["virtio/viostor/w10/amd64/viostor.inf"]' "$ten" \
	"$packages/virtio/viostor/w10/amd64/viostor.inf"
check "a zip" asked "$fitting" '["vmd.zip: iaStorVD.inf"]' "$ten" "$packages/vmd.zip"
check "several places" asked "$fitting|length" 9 "$ten" "$packages/virtio.iso" "$packages/vmd"
check "32 bits of Windows 7" asked "$fitting" \
	'["virtio/vioscsi/w7/x86/vioscsi.inf","virtio/viostor/w7/x86/viostor.inf"]' "$seven" "$packages/virtio"
check "none for Windows XP" asked "$fitting" '[]' "$images/xp-mbr.vhd" "$packages/virtio"

viostor='.packages[]|select(.source|endswith("viostor/w10/amd64/viostor.inf"))'
check "what it is" asked "$viostor|[.inf,.origin,.provider,.description,.version,.date,.architecture]" \
	'["viostor.inf","given","Fixture Works; Inc.","Fixture viostor controller","100.95.104.26200","2024-11-04","x64"]' \
	"$ten" "$packages/virtio.iso"
check "what it drives" asked "$viostor|[.service,.file,.ids,.targets,.signed]" \
	'["viostor","viostor.sys",["PCI\\VEN_1AF4&DEV_1001&SUBSYS_00021AF4&REV_00","PCI\\VEN_1AF4&DEV_1001","PCI\\VEN_1AF4&DEV_1042&SUBSYS_11001AF4&REV_01","PCI\\VEN_1AF4&DEV_1042"],["kvm-virtio-blk"],true]' \
	"$ten" "$packages/virtio.iso"
check "one package of three models, helpers left to Windows" \
	asked '.packages[]|[.service,.ids,.targets,.left_to_windows]' \
	'["iaStorVD",["PCI\\VEN_8086&DEV_9A0B","PCI\\VEN_8086&DEV_467F","PCI\\VEN_8086&DEV_A77F"],["physical-vmd","vhd-on-vmd"],["PciD3ColdSupported.HW of the device","service RstMwService","file RstMwService.exe"]]' \
	"$ten" "$packages/vmd.zip"

# ---- what does not ----

why() { # SOURCE-ENDING EXPECTED IMAGE PATH
	asked ".packages[]|select(.source|endswith(\"$1\"))|[.fits,.why]" "[false,\"$2\"]" "$3" "$4"
}
check "another processor" why viostor/w10/x86/viostor.inf 'viostor.sys is for x86, this Windows is x64' \
	"$ten" "$packages/virtio"
check "a newer Windows, by its folder" why viostor/w11/amd64/viostor.inf \
	'its folder is named after a newer Windows' "$ten" "$packages/virtio"
check "no disk" why NetKVM/w10/amd64/netkvm.inf "it drives no disk controller of a target's" "$ten" "$packages/virtio"
check "a Windows that is too old" why vmd/iaStorVD.inf \
	'it is not for this Windows (its sections are for NTamd64.10.0...15063)' "$seven" "$packages/vmd"
mkdir -p made
"$FIXTURE_BIN/mkpe" made/viostor.sys --machine x86 --windows 10.0 --size 4096
cp "$packages/virtio/viostor/w7/x86/viostor.inf" made
check "a file for a newer Windows" why made/viostor.inf \
	'viostor.sys is made for Windows 10.0 and later, this is 6.1' "$seven" made

odd() { # NAME EXPECTED
	check "odd: $1" why "odd/$1/viostor.inf" "$2" "$ten" "$packages/odd"
}
odd cut-file 'viostor.sys: truncated: its headers promise more bytes than it has'
odd empty-file 'viostor.sys is empty'
odd filter 'it puts the filter viofilter on its device (UpperFilters)'
odd needs '[viostor_inst] has Needs=other.NT, which is not followed'
odd newer 'it is not for this Windows (its sections are for NTamd64.10.0...99999)'
odd no-file 'viostor.sys is not in the package'
odd no-program 'viostor.sys: not a program file: no MZ at its beginning'
odd no-text 'no text: it holds a NUL'
odd not-nt 'its [Version] is not that of Windows NT'
odd other-machine 'viostor.sys is for x86, this Windows is x64'
odd outside 'the folder of viostor.sys leads out of the package'

check "unsigned, 64 bits" asked '[.packages[]|select(.fits)|[.source,.signed,.needs_allow]]|map(.[0]|=sub(".*/odd/";""))' \
	'[["unsigned/viostor.inf",false,true]]' "$ten" "$packages/odd"
check "nothing below six folders" asked '[.packages[]|select(.source|contains("deep"))]' '[]' "$ten" "$packages/odd"
check "no link is followed, no device read" asked '.problems|map(sub(".*odd: ";""))' \
	'["loop/endless.inf: not an ordinary file","loop/fifo.inf: not an ordinary file"]' "$ten" "$packages/odd"

# ---- the DriverStore ----

imported=$images/win10-imported.vhd
check "the disk's own DriverStore" asked '.packages|map([.inf,.origin,.source,.targets])' \
	'[["viostor.inf","store","\\Windows\\System32\\DriverStore\\FileRepository\\viostor.inf_amd64_0f1e2d3c4b5a6978\\viostor.inf",["kvm-virtio-blk"]]]' \
	"$imported"
check "check names what lies there" says \
	" R4   viostor       no service               fix: add viostor\.inf\$" \
	"$s7b" check --target kvm-virtio-blk "$imported"
check "and only for a machine that lacks it" sh -c '! "$1" check --target vmware-nvme "$2" | grep "fix: add"' - \
	"$s7b" "$imported"
check "and only where it lies" sh -c '! "$1" check --target kvm-virtio-blk "$2" | grep "fix: add"' - \
	"$s7b" "$ten"
check "nothing there" asked '[.packages,.problems,.exit]' '[[],[],1]' "$ten"

# ---- which of two ----

mkdir -p two/a two/b
cp "$packages/virtio/viostor/w10/amd64/viostor.inf" two/a
cp two/a/viostor.inf two/b
"$FIXTURE_BIN/mkpe" two/a/viostor.sys --machine x64 --windows 10.0 --size 4096 --signed
cp two/a/viostor.sys two/b
check "two copies of one file are no tie" asked '.ties' '[]' "$ten" two
"$FIXTURE_BIN/mkpe" two/b/viostor.sys --machine x64 --windows 10.0 --size 8192 --signed
check "a tie is shown" asked '.ties' \
	'[{"target":"kvm-virtio-blk","sources":["two/a/viostor.inf","two/b/viostor.inf"]}]' "$ten" two
check "in words" says '^Equally good for kvm-virtio-blk:$' "$s7b" drivers --drivers two "$ten"

# Names that differ in case alone: the one that is spelled so counts, not the first that is found.
mkdir -p cases
cp "$packages/virtio/viostor/w10/amd64/viostor.inf" cases
: >cases/VIOSTOR.SYS
: >cases/Viostor.sys
cp two/a/viostor.sys cases
: >cases/viostor.SYS
check "spelled as the .inf does" asked '[.packages[].fits]' '[true]' "$ten" cases

# ---- archives in a folder ----

mkdir -p nest/deep
cp "$packages/vmd.zip" nest/deep/VMD.ZIP
cp "$packages/virtio.iso" nest
check "they are opened" asked '[.packages[] | select(.fits).service] | unique' '["iaStorVD","vioscsi","viostor"]' \
	"$ten" nest
echo "no archive" >nest/bad.cab
check "one that is none keeps nobody from the others" asked \
	'[(.problems|length),([.packages[] | select(.fits).service] | unique | length)]' '[1,3]' "$ten" nest

# ---- an .inf that asks for endless work ----

# One section of 50,000 lines, named 250 times.
mkdir -p flood
{
	sed "s/^AddReg .*/AddReg = $(yes flood | head -n 250 | paste -sd, -)/" \
		"$packages/virtio/viostor/w10/amd64/viostor.inf"
	echo '[flood]'
	yes HKLM,x | head -n 50000
} >flood/a.inf
cp "$packages/virtio/viostor/w10/amd64/"* flood
check "endless work is refused, and keeps nobody from the others" asked \
	'[.problems,(.packages|map([.inf,.why]))]' \
	'[[],[["viostor.inf",null],["a.inf","AddReg of [viostor_inst.HW] names more than 256 sections or 4096 lines"]]]' \
	"$ten" flood

# ---- archives that are not ----

bad() { # NAME: a problem is said, and nothing fits
	asked '[(.problems|length),(.packages|map(select(.fits))|length)]' '[1,0]' "$ten" "$1"
}
head -c 100000 /dev/urandom >noise.iso
check "noise" bad noise.iso
head -c 30000 "$packages/virtio.iso" >cut.iso
check "an ISO that ends early" bad cut.iso
head -c $(($(wc -c <"$packages/vmd.zip") / 2)) "$packages/vmd.zip" >cut.zip
check "a zip that ends early" asked '.problems|length>0' true "$ten" cut.zip
: >empty.cab
check "an empty file" bad empty.cab
mkdir -p bomb/a
head -c 20000000 /dev/zero >bomb/a/large.inf
7zz a -bd -tzip bomb.zip ./bomb/* >out.txt
check "an .inf of 20 MB" asked '.problems' '["bomb.zip: a/large.inf: longer than 4 MiB"]' "$ten" bomb.zip

# A zip whose member would leave the folder; ours is not one that makes such names.
leads_out() {
	mkdir -p x/yy && cp "$packages/virtio/viostor/w10/amd64/viostor.inf" x/yy/v.inf
	(cd x && 7zz a -bd -tzip ../out.zip yy/v.inf >/dev/null)
	LC_ALL=C sed -i 's|yy/v\.inf|../v.inf|g' out.zip
	asked '[.packages,.problems]' \
		'[[],["out.zip: ../v.inf: its name leads out of the archive, or is too long"]]' "$ten" out.zip
}
check "a name that leads out of the archive" leads_out
7zz a -bd -tzip -psecret locked.zip "$packages/virtio/viostor/w10/amd64/viostor.inf" >out.txt
check "encrypted" asked '.problems' \
	'["locked.zip: viostor.inf: encrypted: unpack the archive, and name the folder instead"]' "$ten" locked.zip
7zz a -bd -tzip outer.zip "$packages/vmd.zip" >out.txt
check "an archive in an archive" asked '.problems' \
	'["outer.zip: vmd.zip: an archive in an archive is not opened: unpack it, and name the folder"]' \
	"$ten" outer.zip

# ---- words and statuses ----

check "something fits" status 0 "$s7b" drivers --drivers "$packages/vmd.zip" "$ten"
check "nothing fits" status 1 "$s7b" drivers --drivers "$packages/virtio" "$images/xp-mbr.vhd"
check "a place that is not there" status 3 "$s7b" drivers --drivers nowhere "$ten"
check "it is named" says '^stop7b: nowhere: cannot be opened \(No such file' "$s7b" drivers --drivers nowhere "$ten"
check "a file of another kind" says '^stop7b: out.txt: no folder, and no .inf, .iso, .zip or .cab' \
	"$s7b" drivers --drivers out.txt "$ten"
check "no Windows" status 3 "$s7b" drivers "$images/nowindows.vhd"
check "why, when asked" says '^      viostor.sys is not in the package' "$s7b" drivers --all --drivers "$packages/odd" "$ten"
check "how many, when not" says '^11 packages do not fit; --all says why' "$s7b" drivers --drivers "$packages/odd" "$ten"
check "unsigned in words" says 'no embedded signature: only with --allow unsigned' \
	"$s7b" drivers --drivers "$packages/odd" "$ten"

golden() {
	"$s7b" drivers --drivers "$packages/virtio.iso" --drivers "$packages/vmd.zip" "$ten" |
		sed "s|$packages/||" >lines.txt
	[ -z "${S7B_UPDATE-}" ] || cp lines.txt "$src/tests/goldens/drivers.txt"
	diff "$src/tests/goldens/drivers.txt" lines.txt
}
check "the lines" golden

# ---- single boards of a controller ----

# boards DRIVER: virtio's package as one of DRIVER for single boards of Intel VMD
boards() {
	mkdir -p "boards/$1" && rm -f "boards/$1"/*
	sed 's/VEN_1AF4&DEV_10[04][12]/VEN_8086\&DEV_9A0B/g; s/, PCI.VEN_8086&DEV_9A0B\r*$//'"; s/viostor/$1/g" \
		"$packages/virtio/viostor/w10/amd64/viostor.inf" >"boards/$1/$1.inf"
	cp "$packages/virtio/viostor/w10/amd64/"[vV]*.[sS][yY][sS] "boards/$1/$1.sys"
}
boards iaStorVD
boards other
check "a package for single boards serves partly" says 'physical-vmd \(some of its ids\)' \
	"$s7b" drivers --drivers boards/iaStorVD "$ten"
check "one of a driver that nobody expects there does not" says '^      it is for single boards' \
	"$s7b" drivers --all --drivers boards/other "$ten"
check "and nothing is staged of it" says 'No fix from here: .*it is for single boards' \
	"$s7b" check --target physical-vmd --drivers boards/other "$ten"

# ---- nothing is written, nothing unpacked ----

quiet() {
	mkdir -p empty && cp "$ten" disk.vhd && before=$(sum disk.vhd)
	(cd empty && TMPDIR=$PWD "$s7b" drivers --drivers "$packages/virtio.iso" ../disk.vhd) >out.txt
	[ -z "$(ls -A empty)" ] && same_sum disk.vhd "$before"
}
check "no file is made, the disk stays as it is" quiet

done_testing
