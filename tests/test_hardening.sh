#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_hardening.sh: what the built program is: hardened, and without the means to reach a network
# or to start another program. What the libraries it is linked with could do is not judged: of our
# own objects only what they call counts (libstop7b.a).

. "${S7B_SRC:?}/tests/lib.sh"

built=$(cd "${FIXTURE_BIN:?}/.." && pwd)

taken() { # FLAG: configure found that compiler and linker take it
	grep -qE "^HARDEN_(C|LD)FLAGS = .*$1" "$built/Makefile"
}

# hardened TEXT FLAG COMMAND...: the command holds where FLAG was taken
hardened() {
	hardened_text=$1 hardened_flag=$2
	shift 2
	if taken "$hardened_flag"; then
		check "$hardened_text" "$@"
	else
		skip "$hardened_text" "this build has no $hardened_flag"
	fi
}

calls() { # REGEX: the names that our own objects take from elsewhere and that match
	nm -u "$built/libstop7b.a" | sed -n 's/^ *U //p' | sort -u | grep -xE "$1"
}

calls_none() { # REGEX
	! calls "$1"
}

no_special_mode() {
	[ ! -u "$s7b" ] && [ ! -g "$s7b" ]
}

no_stack_executed() {
	readelf -lW "$s7b" | grep -E 'GNU_STACK.* RW +0x'
}

for tool in readelf nm; do
	command -v $tool >/dev/null || { skip "the program is hardened" "no $tool"; done_testing; exit; }
done

hardened "it runs at any address" '-pie' says '^ *Type: +DYN .*' readelf -hW "$s7b"
hardened "and says that it is a program" '-pie' says 'FLAGS_1.* PIE' readelf -dW "$s7b"
hardened "its tables become read-only" '-z,relro' says 'GNU_RELRO' readelf -lW "$s7b"
hardened "all of them, before main" '-z,now' says 'FLAGS.* (BIND_)?NOW' readelf -dW "$s7b"
hardened "the stack is guarded" '-fstack-protector-strong' calls '__stack_chk_fail'
hardened "copies of known size are checked" '_FORTIFY_SOURCE' calls '__(mem|str|sn|vsn|f|p|read)[a-z]*_chk'
check "the stack is not executed" no_stack_executed
check "it takes no other user's rights" no_special_mode
check "the functions that are looked for would be seen" calls 'fork'
check "nothing of ours reaches a network" \
	calls_none '(socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|getaddrinfo|gethostby.*|res_.*)'
check "nothing of ours starts a program or loads code" \
	calls_none '(exec[lv].*|fexecve|posix_spawnp?|system|popen|dlm?open|wordexp)'
check "nothing of ours changes whose rights it has" calls_none 'set(res|re|e|fs)?[ug]id'

done_testing
