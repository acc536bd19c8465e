#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tui_smoke.sh: the program in a real terminal (tmux): from launch to FIXED with f a y, to undone
# with u y, resize, ctrl-z, SIGTERM, byte budgets, and the same first page on every terminal.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v tmux >/dev/null; then
	skip "the screen in tmux" "tmux is not installed"
	done_testing
	exit
fi

socket=$tmp/tmux
session=s7b

mux() {
	tmux -f /dev/null -S "$socket" "$@"
}

# open ENVIRONMENT... : a fresh image, the program in a window of 80x24
open() {
	mux kill-server 2>/dev/null
	cp "$images/win7-mbr-dynamic.vhd" web01.vhd
	rm -f web01.vhd.stop7b-undo
	before=$(sum web01.vhd)
	mux new-session -d -s $session -x 80 -y 24 "sh"
	mux set-option -g status off
	mux resize-window -t $session -x 80 -y 24
	mux send-keys -t $session "PS1='% '; clear; cd $tmp; env $* $s7b web01.vhd; echo ended \$?" Enter
	wait_for 'q quit'
}

# wait_for TEXT: until the screen shows it, five seconds at most
wait_for() {
	i=0
	while [ $i -lt 100 ]; do
		mux capture-pane -p -t $session >"$tmp/screen"
		grep -qF -e "$1" "$tmp/screen" && return 0
		sleep 0.1
		i=$((i + 1))
	done
	echo "never seen: $1"
	cat "$tmp/screen"
	return 1
}

press() {
	mux send-keys -t $session "$@"
	sleep 0.4
}

fix_and_undo() {
	open && press f && wait_for 'Staged 3 fixes.' && press a && wait_for 'Write these 3' &&
		press y && wait_for 'FIXED' && [ "$(sum web01.vhd)" != "$before" ] &&
		press u && wait_for 'Put these 3' && press y && wait_for 'RESTORED' &&
		same_sum web01.vhd "$before" && press q && wait_for 'ended 0'
}

looked_only() {
	open && press Down && press Enter && press Escape && press d && press q &&
		wait_for 'ended 0' && same_sum web01.vhd "$before"
}

resize_keeps_selection() {
	open && press Down && wait_for '>X  msahci' && mux resize-window -t $session -x 60 -y 16 &&
		wait_for '>X  msahci' && mux resize-window -t $session -x 32 -y 8 &&
		wait_for 'window is 32x8' && mux resize-window -t $session -x 80 -y 24 &&
		wait_for '>X  msahci'
}

suspend_and_resume() {
	open && press f && press C-z && wait_for '%' && press fg Enter && wait_for '3 staged'
}

terminated() {
	open && press f &&
		kill -TERM "$(pgrep -P "$(mux display-message -p -t $session '#{pane_pid}')")" &&
		wait_for 'nothing was written' && wait_for 'ended 143' && same_sum web01.vhd "$before"
}

cursor_on_selection() {
	open && press Down &&
		[ "$(mux display-message -p -t $session '#{cursor_x},#{cursor_y}')" = 1,10 ]
}

# The bytes a key costs: pipe-pane sees what the program sends.
budget() {
	open || return 1
	mux pipe-pane -t $session "cat >$tmp/bytes"
	sleep 0.3
	press Down
	moved=$(wc -c <"$tmp/bytes")
	sleep 1
	[ "$(wc -c <"$tmp/bytes")" = "$moved" ] || { echo "not silent when idle"; return 1; }
	[ "$moved" -gt 0 ] && [ "$moved" -le 500 ] || { echo "a move costs $moved bytes"; return 1; }
	mux resize-window -t $session -x 80 -y 19
	sleep 0.5
	at=$(wc -c <"$tmp/bytes")
	press Up
	moved=$(($(wc -c <"$tmp/bytes") - at))
	[ "$moved" -le 220 ] || { echo "a move without why lines costs $moved bytes"; return 1; }
}

# The same first page, as text, whatever the terminal is called. A name that is not known here is
# said in the message line, which is left out of the comparison.
first_page() {
	open "$@" && sed 23d "$tmp/screen" >"$tmp/page" && diff "$tmp/first" "$tmp/page"
}

open && sed 23d "$tmp/screen" >"$tmp/first"
check "f a y fixes, u y restores the image byte for byte" fix_and_undo
check "looking around changes nothing" looked_only
check "a resized window keeps the selection" resize_keeps_selection
check "ctrl-z suspends, fg comes back" suspend_and_resume
check "SIGTERM gives the terminal back and says what was written" terminated
check "the cursor rests on the selected row" cursor_on_selection
check "bytes of a move and of an idle screen" budget
check "first page with LC_ALL=C" first_page LC_ALL=C
check "first page with NO_COLOR" first_page NO_COLOR=1
check "first page with TERM=vt100" first_page TERM=vt100
check "first page with an unknown TERM" first_page TERM=xterm-nobody
check "first page with an empty TERM" first_page TERM=
mux kill-server 2>/dev/null
done_testing
