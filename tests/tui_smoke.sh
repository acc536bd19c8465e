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

fresh() {
	cp "$images/win7-mbr-dynamic.vhd" web01.vhd
	rm -f web01.vhd.stop7b-undo web01.vhd.bcdedit*
}

# launch ENVIRONMENT... : the program in a window of 80x24
launch() {
	mux kill-server 2>/dev/null
	before=$(sum web01.vhd)
	mux new-session -d -s $session -x 80 -y 24 "sh"
	mux set-option -g status off
	mux resize-window -t $session -x 80 -y 24
	mux send-keys -t $session "PS1='% '; clear; cd $tmp; env $* $s7b web01.vhd; echo ended \$?" Enter
	wait_for 'q quit'
}

# open ENVIRONMENT... : the same with a fresh image
open() {
	fresh && launch "$@"
}

# until COMMAND...: it succeeds; asked for a minute at most, for machines that are busy
until_so() {
	i=0
	while [ $i -lt 600 ]; do
		"$@" && return 0
		sleep 0.1
		i=$((i + 1))
	done
	echo "never so: $*"
	cat "$tmp/screen"
	return 1
}

on_screen() {
	mux capture-pane -p -t $session >"$tmp/screen"
	grep -qF -e "$1" "$tmp/screen"
}

# wait_for TEXT: until the screen shows it
wait_for() {
	until_so on_screen "$1"
}

press() {
	mux send-keys -t $session "$@"
}

# confirm: y counts when the page was there for a quarter of a second
confirm() {
	sleep 0.4
	press y
}

fix_and_undo() {
	open && press f && wait_for 'Staged 3 fixes.' && press a && wait_for 'Write these 3' &&
		confirm && wait_for 'FIXED' && [ "$(sum web01.vhd)" != "$before" ] &&
		press u && wait_for 'Put these 3' && confirm && wait_for 'RESTORED' &&
		same_sum web01.vhd "$before" && press q && wait_for 'ended 0'
}

# ---- the walks of the README, with the keys they take ----

keys=0
key() {
	keys=$((keys + 1))
	press "$1"
}

took() {
	[ "$keys" = "$1" ] || { echo "$keys keys, not $1"; return 1; }
}

vm_to_metal() {
	keys=0
	open && key t && key Tab && wait_for '>X[ ]vhd-on-ide' && key Down && key Space &&
		wait_for '>X[x]vhd-on-ahci' && key f && wait_for 'Staged 3 fixes.' && key a &&
		wait_for 'Write these 3' && sleep 0.4 && key y && wait_for 'FIXED' &&
		wait_for "adds this disk to the host's boot menu" && key p &&
		wait_for 'on the host: D:\web01.vhd' && key Enter && wait_for 'Adds D:\web01.vhd' &&
		key o && wait_for 'Saved to ./web01.vhd.bcdedit-add.cmd' && press q &&
		wait_for 'ended 0' && took 10 && "$s7b" check --target vhd-on-ahci web01.vhd &&
		grep -q '/set {%NEW%} osdevice "vhd=\[D:\]\\web01.vhd"' web01.vhd.bcdedit-add.cmd
}

# What the disk looks like after a while on metal: what a virtual machine needs is parked.
park() {
	fresh && "$s7b" fix --yes web01.vhd >/dev/null &&
		for service in LSI_SAS intelide; do
			"$s7b" set --yes web01.vhd "CurrentControlSet\\Services\\$service" Start dword 3 \
				>/dev/null || return 1
		done
	! "$s7b" check web01.vhd
}

metal_to_vm() {
	keys=0
	park && launch && key f && wait_for 'Staged 2 fixes.' && key a && wait_for 'Write these 2' &&
		sleep 0.4 && key y && wait_for 'FIXED' && wait_for 'cleans its boot menu' && key p &&
		wait_for 'on the host: D:\web01.vhd' && key Enter && wait_for 'boot menu (bcdedit' &&
		key Enter && wait_for 'No boot store of the host was read.' && key o &&
		wait_for 'Saved to ./web01.vhd.bcdedit.cmd' && press q && wait_for 'ended 0' &&
		took 7 && "$s7b" check web01.vhd && grep -q '/delete %ID% /cleanup' web01.vhd.bcdedit.cmd
}

looked_only() {
	open && press Down && press Enter && wait_for 'Needed by' && press Escape &&
		wait_for '[Problems' && press d && wait_for 'virtual,' && press q &&
		wait_for 'ended 0' && same_sum web01.vhd "$before"
}

resize_keeps_selection() {
	open && press Down && wait_for '>X  msahci' && mux resize-window -t $session -x 60 -y 16 &&
		wait_for '>X  msahci' && mux resize-window -t $session -x 32 -y 8 &&
		wait_for 'window is 32x8' && mux resize-window -t $session -x 80 -y 24 &&
		wait_for '>X  msahci'
}

suspend_and_resume() {
	open && press f && wait_for '3 staged' && press C-z && wait_for 'Stopped' &&
		press fg Enter && wait_for '3 staged'
}

terminated() {
	open && press f && wait_for '3 staged' &&
		kill -TERM "$(pgrep -P "$(mux display-message -p -t $session '#{pane_pid}')")" &&
		wait_for 'nothing was written' && wait_for 'ended 143' && same_sum web01.vhd "$before"
}

# The keys of less and vi, and a filter that esc takes back before it leaves.
moves_and_filters() {
	open && press Tab Tab && wait_for 'of 124' && press G && wait_for '119-124 of 124' &&
		press C-b C-b && wait_for '114-119 of 124' && press g && wait_for '1-6 of 124' &&
		press C-d C-d && wait_for '2-7 of 124' && press /msa && wait_for '1 of 124 match' &&
		press Enter && wait_for '> /msa' && press Escape && wait_for 'of 124  0 staged' &&
		wait_for '>X  msahci' && press X && wait_for 'X does nothing here' && press q &&
		wait_for 'ended 0'
}

# cursor_on TEXT: the cursor stands in front of the row that shows it
cursor_on() {
	on_screen "$1" || return 1
	row=$(grep -nF -e "$1" "$tmp/screen" | head -1 | cut -d: -f1)
	[ "$(mux display-message -p -t $session '#{cursor_x},#{cursor_y}')" = "1,$((row - 1))" ]
}

cursor_on_selection() {
	open && until_so cursor_on '>X  pciide' && press Down && until_so cursor_on '>X  msahci'
}

sent() {
	wc -c <"$tmp/bytes"
}

# A second without a byte. What is never silent never passes.
silent() {
	at=$(sent)
	sleep 1
	[ "$(sent)" = "$at" ]
}

# The bytes a key costs: pipe-pane sees what the program sends.
budget() {
	open || return 1
	mux pipe-pane -t $session "cat >$tmp/bytes"
	until_so [ -e "$tmp/bytes" ] && until_so silent || return 1
	from=$(sent)
	press Down
	wait_for '>X  msahci' && until_so silent || return 1
	moved=$(($(sent) - from))
	[ "$moved" -gt 0 ] && [ "$moved" -le 500 ] || { echo "a move costs $moved bytes"; return 1; }
	mux resize-window -t $session -x 80 -y 19
	wait_for '>X  msahci' && until_so silent || return 1
	from=$(sent)
	press Up
	wait_for '>X  pciide' && until_so silent || return 1
	moved=$(($(sent) - from))
	[ "$moved" -gt 0 ] && [ "$moved" -le 220 ] ||
		{ echo "a move without why lines costs $moved bytes"; return 1; }
}

# The same first page, as text, whatever the terminal is called. A name that is not known here is
# said in the message line, which is left out of the comparison.
first_page() {
	open "$@" && sed 23d "$tmp/screen" >"$tmp/page" && diff "$tmp/first" "$tmp/page"
}

open && sed 23d "$tmp/screen" >"$tmp/first"
check "f a y fixes, u y restores the image byte for byte" fix_and_undo
check "from a virtual machine to metal in ten keys" vm_to_metal
check "from metal to a virtual machine in seven keys" metal_to_vm
check "looking around changes nothing" looked_only
check "pages, ends and a kept filter" moves_and_filters
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
