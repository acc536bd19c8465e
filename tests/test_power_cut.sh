#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_power_cut.sh: makes one small Windows in every container and gives them to tests/power_cut.c,
# which says what it tries. S7B_POWER_CUTS=all tries everything.

. "${S7B_SRC:?}/tests/lib.sh"

mkdir raw fixed dynamic child xdynamic xchild
cp "$images/win7-room.vhd" fixed/disk.vhd
head -c -512 fixed/disk.vhd >raw/disk.img
qemu-img convert -U -q -f raw -O vpc -o subformat=dynamic,force_size=on raw/disk.img dynamic/disk.vhd
qemu-img convert -U -q -f raw -O vhdx -o subformat=dynamic,block_size=1M raw/disk.img xdynamic/disk.vhdx
cp fixed/disk.vhd child/base.vhd
child child/disk.vhd child/base.vhd
qemu-img convert -U -q -f raw -O vhdx raw/disk.img xchild/base.vhdx
vhdx_child xchild/disk.vhdx xchild/base.vhdx

"${POWER_CUT:?}" raw=raw/disk.img "fixed VHD"=fixed/disk.vhd "dynamic VHD"=dynamic/disk.vhd \
	"differencing VHD"=child/disk.vhd "dynamic VHDX"=xdynamic/disk.vhdx \
	"differencing VHDX"=xchild/disk.vhdx
