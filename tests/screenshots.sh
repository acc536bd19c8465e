#!/bin/sh
# SPDX-License-Identifier: MIT
#
# screenshots.sh OUTDIR: pictures of the running program, for the README: list, review, result,
# targets. It runs in tmux at 80x24 on a demonstration disk.
#
# S7B names the program, S7B_SRC the source tree, S7B_IMAGES the folder of fixture disks.

set -eu
src=${S7B_SRC:?} s7b=${S7B:?} images=${S7B_IMAGES:?}
mkdir -p "$1"
out=$(cd "$1" && pwd)
work=$(mktemp -d)
terminal="tmux -L screenshots-$$ -f /dev/null"
trap '$terminal kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
cp "$images/win7-mbr-dynamic.vhd" "$work/web01-os.vhd"
cd "$work"

# awaits REGEX: until the screen shows it
awaits() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		$terminal capture-pane -p | grep -qE -e "$1" && return 0
		sleep 0.5
	done
	echo "screenshots.sh: the screen never said: $1" >&2
	$terminal capture-pane -p >&2
	exit 1
}

picture() { # NAME TITLE
	$terminal capture-pane -e -p -N | python3 "$src/tests/terminal_svg.py" "$2" >"$out/$1.svg"
}

$terminal new-session -d -x 80 -y 24 "env LC_ALL=C.UTF-8 TERM=screen-256color $s7b web01-os.vhd"
awaits 'STOP 0x7B'
picture list "The first page: the verdict, and the drivers that give it"
$terminal send-keys t
awaits 'Target +Verdict'
picture targets "The targets: every machine the disk may go to"
$terminal send-keys Escape
awaits 'worst first'
$terminal send-keys f
awaits '3 staged'
$terminal send-keys a
awaits 'Nothing is written yet'
picture review "The review: every value and every byte that would be written"
sleep 1
$terminal send-keys NPage NPage NPage
sleep 1
$terminal send-keys y
awaits 'FIXED'
picture result "The result: written, read back by others, diagnosed anew"
