# SPDX-License-Identifier: MIT
#
# lib.sh: what the script tests share. Prints TAP. The environment names S7B (the program),
# S7B_SRC (source tree), S7B_IMAGES (fixture disks), S7B_DATA (real data), FIXTURE_BIN (tools).

src=${S7B_SRC:?names the source tree}
images=${S7B_IMAGES:?names the folder of fixture disks}
s7b=${S7B:?names the program}
data=${S7B_DATA:-$src/../shared/data}
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
export PATH LC_ALL ASAN_OPTIONS

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
cd "$tmp" || exit 99

n=0
failed=0

# Is the program one that can add files to an NTFS volume?
adds_files() {
	"$s7b" --version | grep -q 'contains libntfs-3g'
}

# check TEXT COMMAND...: one test; what the command says is shown when it fails
check() {
	text=$1
	shift
	n=$((n + 1))
	if "$@" >"$tmp/said" 2>&1; then
		echo "ok $n - $text"
	else
		echo "not ok $n - $text"
		sed 's/^/# /' "$tmp/said" | head -40
		failed=$((failed + 1))
	fi
}

# skip TEXT REASON: one test that cannot be done here
skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# done_testing: the plan, and the exit status
done_testing() {
	echo "1..$n"
	[ "$failed" = 0 ]
}

# status N COMMAND...: the command ends with that exit status
status() {
	wanted=$1
	shift
	"$@"
	got=$?
	[ "$got" = "$wanted" ] || { echo "exit $got, not $wanted"; return 1; }
}

# says REGEX COMMAND...: the command prints a line like that, on either output
says() {
	pattern=$1
	shift
	"$@" 2>&1 | tee "$tmp/says" | grep -qE -e "$pattern" ||
		{ echo "no line like: $pattern"; cat "$tmp/says"; return 1; }
}

sum() {
	sha256sum <"$1" | cut -d' ' -f1
}

same_sum() { # FILE SUM
	[ "$(sum "$1")" = "$2" ] || { echo "$1 changed"; return 1; }
}

# disk_bytes IMAGE OUT: the virtual disk's bytes, by qemu-img
disk_bytes() {
	qemu-img convert -U -f vpc -O raw "$1" "$2"
}

# child NAME PARENT: a differencing VHD in the parent's folder that holds no block, as Windows makes
# it: footer, dynamic header, one locator with the relative path, block table, footer
child() {
	perl -we '
	use strict;
	my ($name, $parent) = @ARGV;
	sub sum { my $s = 0; $s += $_ for unpack "C*", $_[0]; return ~$s & 0xffffffff }
	open my $in, "<:raw", $parent or die "$parent: $!";
	seek $in, -512, 2;
	read $in, my $foot, 512;
	my $size = unpack "Q>", substr $foot, 48, 8;
	my $block = 2 << 20;
	my $entries = int(($size + $block - 1) / $block);
	my ($file) = $parent =~ m{([^/]*)$};
	my $path = pack "v*", unpack "C*", ".\\$file";
	my $table_len = int(($entries * 4 + 511) / 512) * 512;
	my $path_at = 1536 + $table_len;

	my $head = "cxsparse" . pack "a8Q>NNNN", "\xff" x 8, 1536, 0x10000, $entries, $block, 0;
	$head .= substr($foot, 68, 16) . pack "NN", 0, 0;
	$head .= pack "a512", pack "n*", unpack "C*", $file;
	$head .= pack "a4NNNQ>", "W2ru", 512, length $path, 0, $path_at;
	$head = pack "a1024", $head;
	substr($head, 36, 4) = pack "N", sum $head;

	my $footer = "conectix" . pack "NNQ>N", 2, 0x10000, 512, 0;
	$footer .= "win " . pack("N", 0xa0000) . "Wi2k" . pack "Q>Q>", $size, $size;
	$footer .= substr($foot, 56, 4) . pack "NN", 4, 0;
	$footer .= pack "a16", "child " . $name;
	$footer = pack "a512", $footer;
	substr($footer, 64, 4) = pack "N", sum $footer;

	open my $out, ">:raw", $name or die "$name: $!";
	print $out $footer, $head, pack("a$table_len", "\xff" x ($entries * 4)),
		pack("a512", $path), $footer;
	close $out or die "$name: $!"' "$1" "$2"
}

# vhdx_child NAME PARENT: a differencing VHDX in the parent's folder that holds no block
vhdx_child() {
	qemu-img create -q -f vhdx -o subformat=dynamic,block_size=1M,block_state_zero=off "$1" \
		"$(qemu-img info -U --output=json -f vhdx "$2" | jq '."virtual-size"')" &&
		"${FIXTURE_BIN:?}/vhdxchild" "$1" "$2"
}
