#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_hardened.sh: what the program is built like, and what it cannot do. Asked of the binary, and of
# our own objects for what they call: a library's calls are its own.

. "${S7B_SRC:?}/tests/lib.sh"

build=$(dirname "$s7b")

elf() { # PATTERN READELF-OPTIONS...
	pattern=$1
	shift
	readelf -W "$@" "$s7b" | grep -qE "$pattern"
}

built_with() { grep -qE "^$1 = .*$2" "$build/Makefile"; }

calls() { # PATTERN: of our own objects
	nm -u "$build/libstop7b.a" | grep -E "^ +U ($1)(@|$)"
}

if ! command -v readelf >/dev/null || built_with SANITIZE fsanitize; then
	skip "hardening" "no readelf here, or a build with sanitizers"
	done_testing
	exit
fi
check "it can lie anywhere" elf 'Type: +DYN' -h
check "its tables are made read-only" elf GNU_RELRO -l
check "all of them, before it starts" elf 'BIND_NOW|Flags:.* NOW' -d
check "its stack holds no code" elf 'GNU_STACK .* RW +0x' -l
check "no part can be written and run" sh -c '! readelf -Wl "$1" | grep -E "LOAD.* RWE"' - "$s7b"
check "canaries" calls __stack_chk_fail
if built_with HARDENING FORTIFY; then
	check "checked calls" calls '__(mem|str|snprintf|vsnprintf|read)[a-z]*_chk'
else
	skip "checked calls" "a build without an optimiser"
fi
check "no network, no other program, no other user" sh -c '! { nm -u "$1" | grep -E "^ +U (socket|connect|bind|listen|accept4?|getaddrinfo|gethostbyname|exec[a-z]*|posix_spawnp?|system|popen|set[er]*[ug]id|dlopen)(@|$)"; }' \
	- "$build/libstop7b.a"
done_testing
