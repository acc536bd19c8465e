# SPDX-License-Identifier: MIT
#
# real_lib.sh: a disk around a real SYSTEM hive that starts by itself from Vista on: a boot store, the
# loader and kernel, a file for every driver the hive names; and how to take the hive out again. For scripts that have read lib.sh.

here=$src/fixtures bin=$FIXTURE_BIN work=$tmp/work out=$tmp
mkdir -p "$work"
. "$src/fixtures/parts.sh"

# The store of the fixtures, for the partition and the disk signature below.
real_store() {
	sed 's/00,00,00,00,00,00,b0/00,00,00,00,00,00,10/; s/07,00,7d,5b/7b,7b,7b,7b/' \
		"$src/fixtures/bcd7.reg" >"$work/bcd.reg"
	hive "$work/BCD" --minor 3 --root NewStoreRoot "$work/bcd.reg"
	cat <<-END
		dir /Boot
		file /Boot/BCD $work/BCD
		file /bootmgr $work/kernel.exe
		file /Windows/System32/winload.exe $work/kernel.exe
		file /Windows/System32/ntoskrnl.exe $work/kernel.exe
		file /Windows/System32/hal.dll $work/kernel.exe
	END
}

# real_disk HIVE ARCH NAME: a dynamic VHD with one NTFS partition; $work/more.txt can name more files
real_disk() {
	machine "$2"
	# Every driver's file, as its ImagePath says; asked of hivex, not of the code under test.
	perl -MWin::Hivex -e '
		my $h = Win::Hivex->open($ARGV[0]);
		my $set = $h->node_get_child($h->root, "ControlSet001");
		for my $s ($h->node_children($h->node_get_child($set, "services"))) {
			my %v = map { lc $h->value_key($_) => $_ } $h->node_values($s);
			next unless $v{type} && $v{start};
			my $type = $h->value_dword($v{type});
			next unless $type == 1 || $type == 2 || $type == 8;
			my $path = $v{imagepath} ? $h->value_string($v{imagepath})
				: "system32\\drivers\\" . $h->node_name($s) . ".sys";
			next if $path =~ /^\\\?\?|:/;
			$path =~ s/^\\SystemRoot\\//i;
			$path =~ tr{\\}{/};
			$path =~ s/^system32/System32/i;
			$path =~ s{^System32/drivers}{System32/drivers}i;
			print "file \"/Windows/$path\" $ARGV[1]\n";
		}' "$1" "$work/driver.sys" | sort -fu | awk '!seen[tolower($2)]++' >"$work/drivers.txt"
	{
		echo "dir /Windows/System32/drivers"
		echo "dir /Windows/System32/config"
		echo "file /Windows/System32/config/SYSTEM $1"
		real_store
		cat "$work/more.txt" 2>/dev/null
		cat "$work/drivers.txt"
	} >"$work/windows.txt"
	disk 64
	table <<-END
	label: dos
	label-id: 0x7b7b7b7b
	start=2048, size=126976, type=7, bootable
	END
	ntfs "$work/windows.ntfs" 2048 126976 "$work/windows.txt" >"$work/log" 2>&1
	put "$work/windows.ntfs" 2048
	vhd "$3" dynamic
}

hive_of() { # IMAGE OUT: the hive by qemu-img and ntfscat
	disk_bytes "$1" "$tmp/raw"
	dd if="$tmp/raw" of="$tmp/volume" bs=1M skip=1 status=none
	ntfscat "$tmp/volume" Windows/System32/config/SYSTEM >"$2"
}

