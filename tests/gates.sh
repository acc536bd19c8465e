#!/bin/sh
# SPDX-License-Identifier: MIT
#
# gates.sh: what every change must pass besides the tests: the layout of the code, the shell
# scripts, two analysers with a small set each, and a distribution that builds and tests itself.
# Prints TAP; a tool that is not there, or another version than the pinned one, is named and
# skipped. Runs in a configured build folder; S7B_SRC names the source tree.

src=${S7B_SRC:-$(dirname "$0")/..}
build=$(pwd)
jobs=$(nproc 2>/dev/null || echo 2)
format_version=14 # another version lays the same code out differently
n=0

# gate TEXT: passes when standard input is empty, and fails with what it says
gate() {
	n=$((n + 1))
	lines=$(cat)
	if [ -z "$lines" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$lines" | head -n 40 | sed 's/^/# /'
	fi
}

skip() { # TEXT REASON
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

has() { command -v "$1" >/dev/null 2>&1; }

# compile COMMAND...: run it on each source file, with the flags of a build
compile() {
	(cd "$src" && ls src/*.c src/*/*.c) |
		xargs -P "$jobs" -I{} "$@" -std=gnu11 "-I$src/include" "-I$src" "-I$build" \
			-include config.h '-DLOCALEDIR="x"'
}

layout() {
	has clang-format || { skip "layout" "clang-format is not here"; return; }
	clang-format --version | grep -q "version $format_version\." ||
		{ skip "layout" "clang-format is not version $format_version"; return; }
	gate "layout: clang-format -n finds nothing" <<-END
		$(cd "$src" && clang-format -n src/*.c src/*/*.[ch] include/stop7b/*.h tests/*.[ch] fixtures/*.[ch] 2>&1 |
			grep -E 'warning|error')
	END
}

# SC2034 and SC2154: the shell libraries set and use variables across files.
scripts() {
	has shellcheck || { skip "scripts" "shellcheck is not here"; return; }
	gate "scripts: shellcheck finds nothing" <<-END
		$(cd "$src" && shellcheck -s dash -e SC2034,SC2154 -S warning -f gcc bootstrap tests/*.sh fixtures/*.sh &&
			shellcheck -S warning -f gcc .ci/run)
	END
}

# Of gcc's analyser: what it knows for sure. It does not see that a constructor that gives NULL has
# set err, nor memory that an arena owns, so its null, leak and uninitialised findings are noise.
analyser() {
	has gcc || { skip "analyser" "gcc is not here"; return; }
	gate "analyser: gcc -fanalyzer finds nothing" <<-END
		$(cd "$src" && compile gcc -O2 -fanalyzer \
			-Wno-analyzer-malloc-leak -Wno-analyzer-null-dereference \
			-Wno-analyzer-possible-null-dereference -Wno-analyzer-null-argument \
			-Wno-analyzer-possible-null-argument -Wno-analyzer-use-of-uninitialized-value \
			-c {} -o /dev/null 2>&1 | grep -E 'warning|error')
	END
}

# The checks are listed in .clang-tidy.
tidy() {
	has clang-tidy || { skip "tidy" "clang-tidy is not here"; return; }
	gate "tidy: clang-tidy finds nothing" <<-END
		$(cd "$src" && compile clang-tidy --quiet {} -- 2>/dev/null |
			grep -E 'warning:|error:')
	END
}

# The archive holds all that it needs: it is built from in another folder, tested with the quick
# tests, installed and removed again. The make that runs this test must not hand its own TESTS down, or
# the archive is tested by this very script, without end.
distribution() {
	log=$build/distcheck.log
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
	gate "distribution: make distcheck" <<-END
		$(make -s -j"$jobs" distcheck TESTS="tests/layers.sh tests/generated.sh tests/test_text tests/test_rules tests/test_cli.sh" \
			>"$log" 2>&1 || tail -n 30 "$log")
	END
}

# Packed again under another umask and from newer files it is the same bytes.
reproducible() {
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL
	gate "distribution: the same archive twice" <<-END
		$( (make -s dist && mv stop7b-*.tar.gz first.tgz && touch "$src/README.md" && umask 077 &&
			make -s dist && cmp stop7b-*.tar.gz first.tgz) 2>&1 | grep -v '^make' | tail -n 5
		rm -f first.tgz stop7b-*.tar.gz)
	END
}

layout
scripts
tidy
analyser
distribution
reproducible
echo "1..$n"
