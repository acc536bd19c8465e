#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz_long.sh [TARGET...]: every fuzz target, or those named, under libFuzzer with ASan and UBSan, in
# the current folder. Run by `make fuzz`; needs clang. FUZZ_SECONDS (default 60) is for each target.
# Inputs that were found stay in corpus/TARGET, failures beside them as crash-*.

. "${S7B_SRC:?}/tests/lib.sh"
cd "$OLDPWD" || exit 99

seconds=${FUZZ_SECONDS:-60}
sanitize=address,undefined
flags="-g -O1 -std=gnu11 -D_GNU_SOURCE -I$src/include -I$src -fno-omit-frame-pointer -fno-sanitize-recover=all"
flags="$flags $(pkg-config --cflags libvhdi libfsntfs libregf libbfio jansson ncursesw libntfs-3g libseccomp)"
libs=$(pkg-config --libs libvhdi libfsntfs libregf libbfio zlib nettle jansson ncursesw libntfs-3g libseccomp)
[ $# -gt 0 ] || set -- bcd boot_ini fat hive hive_check hive_edit hive_log image ntfs ntfs_write pe reg_text undo

compile() { # the layers below the screen, once
	mkdir -p objects && find "$src/src" -name '*.c' ! -path '*/cli/*' ! -path '*/screen/*' ! -name main.c \
		! -name ntfs_write_none.c ! -name ntfs_write_unfiltered.c |
		while read -r file; do
			object=objects/$(echo "${file#"$src"/src/}" | tr / -).o
			[ "$object" -nt "$file" ] ||
				clang $flags -fsanitize=fuzzer-no-link,$sanitize -c "$file" -o "$object" || exit 1
		done
}

fuzz() { # TARGET
	clang $flags -fsanitize=fuzzer,$sanitize "$src/tests/fuzz_$1.c" objects/*.o $libs -o "fuzz_$1" &&
		mkdir -p "corpus/$1" &&
		"./fuzz_$1" -max_total_time="$seconds" -max_len=8000000 -timeout=20 -rss_limit_mb=2048 \
			-artifact_prefix="corpus/$1-" -print_final_stats=1 "corpus/$1" "seeds/$1" >"$1.log" 2>&1
}

[ -d seeds ] || sh "$src/tests/seeds.sh" "$src/fixtures" "$PWD/seeds"
compile || exit 1
for target; do
	if fuzz "$target"; then
		echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log") inputs, nothing found"
	else
		echo "$target: FOUND, see $PWD/$target.log"
		failed=1
	fi
done
[ "$failed" = 0 ]
