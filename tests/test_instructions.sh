#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_instructions.sh: what looking and comparing cost, in instructions, which do not depend on what
# else the machine does. More than a tenth over what instructions.txt records fails. A record counts
# for one compiler, its flags, the libraries that are loaded and the processor that libc sees;
# S7B_UPDATE=1 makes it anew.

. "${S7B_SRC:?}/tests/lib.sh"

records=$src/tests/instructions.txt
disk=$images/win7-mbr-dynamic.vhd

set_of_libraries() {
	{
		cc -dumpfullversion
		# libc takes another memset and strcmp where the processor has these
		sed -n '/^flags/{s/ /\n/g;p;q}' /proc/cpuinfo | grep -xE 'avx2|avx512f|erms|fsrm|rtm' | sort
		sed -n 's/^CFLAGS = //p' "$(dirname "$s7b")/Makefile"
		dpkg-query -W -f '${Package} ${Version}\n' libc6 libvhdi1 libregf1 libfsntfs1 libncursesw6 \
			libarchive13 libnettle8 libjansson4 zlib1g valgrind
	} 2>/dev/null | sha256sum | cut -c1-12
}

instructions() { # COMMAND...
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		sed -n 's/.*Collected : //p'
}

# over COMMAND: what it costs, when that is more than a tenth over the record
over() {
	now=$(instructions "$s7b" "$1" "$disk")
	was=$(sed -n "s/^$set $1 //p" "$records")
	echo "$1: $now instructions, recorded $was"
	[ "$now" -gt 0 ] && [ "$now" -le $((was + was / 10)) ]
}

set=$(set_of_libraries)
if ! command -v valgrind >/dev/null; then
	skip "instructions" "valgrind is not here"
elif [ -n "$S7B_UPDATE" ]; then
	for command in check diff boot; do
		echo "$set $command $(instructions "$s7b" $command "$disk")"
	done >new
	grep -v "^$set " "$records" >>new
	cp new "$records"
elif grep -q "^$set " "$records"; then
	for command in check diff boot; do
		check "$command costs no more instructions than it did" over $command
	done
else
	skip "instructions" "no record for this compiler and these libraries ($set)"
fi
done_testing
