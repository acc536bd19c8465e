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
libs=$(pkg-config --libs libvhdi libfsntfs libregf libbfio zlib nettle jansson ncursesw libntfs-3g libseccomp libarchive)
[ $# -gt 0 ] || set -- archive bcd boot_ini fat hive hive_check hive_edit hive_log image inf keys ntfs \
	ntfs_write partition pe reg_text undo

compile() { # everything but main(), once
	mkdir -p objects && find "$src/src" -name '*.c' ! -name main.c \
		! -name ntfs_write_none.c ! -name ntfs_write_unfiltered.c |
		while read -r file; do
			object=objects/$(echo "${file#"$src"/src/}" | tr / -).o
			[ "$object" -nt "$file" ] ||
				clang $flags '-DPACKAGE_VERSION="0"' -fsanitize=fuzzer-no-link,$sanitize \
					-c "$file" -o "$object" || exit 1
		done
}

build() { # TARGET; its own branches are not counted, they cost more than what it tests
	clang $flags -fsanitize=$sanitize -c "$src/tests/fuzz_$1.c" -o "fuzz_$1.o" &&
		clang -fsanitize=fuzzer,$sanitize "fuzz_$1.o" objects/*.o $libs -o "fuzz_$1"
}

fuzz() { # TARGET
	mkdir -p "corpus/$1" &&
		"./fuzz_$1" -max_total_time="$seconds" -max_len=1000000 -timeout=20 -rss_limit_mb=2048 \
			-artifact_prefix="corpus/$1-" -print_final_stats=1 "corpus/$1" "seeds/$1" >"$1.log" 2>&1
}

# Of the run that just ended, from the files before and after, each of the shell's "times". Only the
# processor's seconds count: the machine may have other work.
figures() { # TARGET
	inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1.log")
	edges=$(grep -o 'cov: [0-9]*' "$1.log" | tail -n 1)
	awk -v inputs="${inputs:-0}" -v edges="${edges#cov: }" '
		FNR == 2 { # what the shell had started
			was = now
			for (now = i = 0; i++ < 2; now += 60 * t[1] + t[2])
				split($i, t, /[ms]/)
		}
		END {
			cpu = now > was ? now - was : 1
			printf "%d inputs in %.1f s of the processor, %.0f/s, %d edges", inputs, cpu, inputs / cpu, edges
		}' before after
}

[ -d seeds ] || sh "$src/tests/seeds.sh" "$src/fixtures" "$PWD/seeds"
compile || exit 1
export S7B_KEYS_DISK="$PWD/seeds/keys.vhd"
for target; do
	build "$target" || exit 1
	said='nothing found'
	times >before
	fuzz "$target" || { said="FOUND, see $PWD/$target.log" failed=1; }
	times >after
	echo "$target: $(figures "$target"): $said"
done
[ "$failed" = 0 ]
