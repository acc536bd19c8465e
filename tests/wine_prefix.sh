#!/bin/sh
# SPDX-License-Identifier: MIT
#
# wine_prefix.sh DIRECTORY: what Wine's cmd needs to run a command file there: a C: of links to Wine's
# own libraries, and tests/wine_program.c as bcdedit.exe and xcopy.exe. Made by hand, for Wine itself
# would copy 700 MB. Says why and ends with status 1 where Wine or a linker for it is missing.

set -eu
prefix=$1
system=$prefix/drive_c/windows/system32

for dir in /usr/lib/*/wine/x86_64-windows /usr/lib/wine/x86_64-windows /usr/lib64/wine/x86_64-windows \
	/opt/wine-*/lib64/wine/x86_64-windows; do
	[ -e "$dir/kernel32.dll" ] && libraries=$dir
done
[ -n "${libraries:-}" ] || { echo "no 64-bit Wine"; exit 1; }
command -v wineserver >/dev/null || { echo "no wineserver on the path"; exit 1; }
command -v clang >/dev/null || { echo "no clang to compile for Windows"; exit 1; }
ld -V | grep -qw i386pep || { echo "no linker for Windows"; exit 1; }

mkdir -p "$system" "$prefix/drive_c/windows/temp" "$prefix/dosdevices"
ln -s ../drive_c "$prefix/dosdevices/c:"
echo disable >"$prefix/.update-timestamp"
ln -s "$libraries"/* "$system"
rm -f "$system/bcdedit.exe" "$system/xcopy.exe"
clang --target=x86_64-w64-windows-gnu -O1 -ffreestanding -fno-stack-protector \
	-c "$(dirname "$0")/wine_program.c" -o "$prefix/program.o"
ld -m i386pep --subsystem console -e start "$prefix/program.o" "$libraries/kernel32.dll" \
	-o "$system/bcdedit.exe"
cp "$system/bcdedit.exe" "$system/xcopy.exe"
