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
	qemu-img convert -f vpc -O raw "$1" "$2"
}
