#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_new_rows.sh: a new target, a new driver and a new rule are one row each, the rule with its
# function. Copies of the files that hold the tables get those rows, and nothing else is changed;
# the program that is linked with them knows all three everywhere. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

build=$(cd "$(dirname "$s7b")" && pwd)
disk=$images/win7-mbr-fixed.vhd

# The commands of the build that made the program.
printf 'include Makefile\nprint-%%:\n\t@echo $($*)\n' >print.mk
flag() { (here=$(pwd) && cd "$build" && MAKEFLAGS='' make -s -f "$here/print.mk" "print-$1"); }

# with_row FILE AFTER ROW: a copy of a source file with a row put behind the line that is AFTER
with_row() {
	to=new/$(basename "$1")
	[ -e "$to" ] || cp "$src/$1" "$to"
	awk -v after="$2" -v row="$3" '{ print } !done && index($0, after) { print row; done = 1 }
		END { exit !done }' "$to" >"$to.with" && mv "$to.with" "$to"
}

rows() {
	rm -rf new && mkdir new || return 1
	cp "$src/src/judge/"*.h "$src/src/windows/"*.h new || return 1
	with_row src/windows/catalogue.c 'static const struct link pvscsi[]' \
		'static const struct link trial[] = {PCI_BUS, {"trialdrv", ALWAYS, CERTAIN}, END};
static const char *const trial_ids[] = {"PCI\\\\VEN_1AA0&DEV_0001", NULL};' &&
		with_row src/windows/catalogue.c 'static const struct target targets[] = {' \
			'	{TARGET("trial-box", "Trial box", "a machine that only this test knows"),
	 .ids = trial_ids, .every_id = true, .links = trial, .since = WIN_XP, BIOS, PC},' &&
		with_row src/windows/catalogue_drivers.c '{ROW("megasas35i"' \
			'	{ROW("trialdrv", "a driver of this test", PART_CONTROLLER, MINIPORT, 1, WIN_7, WIN_LATEST)},' &&
		with_row src/windows/catalogue_devices.c 'DEV_07C0", "pvscsi"' \
			'	{"PCI\\\\VEN_1AA0&DEV_0001", "trialdrv", WIN_7, WIN_LATEST, SCSI, false},' &&
		with_row src/judge/rule_notes.c '#include "judge_internal.h"' \
			'rule_look trial_look;
int trial_look(const struct judge *j, const struct question *at, struct finding *out,
	       struct err *err)
{
	(void)at, (void)err;
	out->severity = SEVERITY_NOTE;
	out->subject = "trial";
	out->found = said_make(j->arena, "release %u", j->inst->release);
	out->needed = said_of("any");
	out->why = said_of("Only this test says so.");
	out->no_fix = said_of("there is nothing to mend");
	return 1;
}' &&
		with_row src/judge/rules_windows.c '#include "judge_internal.h"' 'rule_look trial_look;' &&
		with_row src/judge/rules_windows.c 'static const struct rule rows[] = {' \
			'	{.id = "T1", .looks_at = OF_WINDOWS, .step = STEP_HIVE, .look = trial_look,
	 .title = "A rule of this test", .means = "Nothing.", .stops = "It does not.",
	 .seen = "Always.", .fix = "None.", .source = "tests/test_new_rows.sh"},'
}

program() {
	compile=$(flag COMPILE) libraries="$(flag stop7b_LDADD) $(flag LIBS)" objects=
	link="$(flag CC) $(flag AM_CFLAGS) $(flag CFLAGS) $(flag AM_LDFLAGS) $(flag LDFLAGS)"
	here=$(pwd)
	for file in new/*.c; do
		object=$here/${file%.c}.o
		# shellcheck disable=SC2086
		(cd "$build" && $compile -Wno-error -I"$here/new" -c "$here/$file" -o "$object") || return 1
		objects="$objects $object"
	done
	# shellcheck disable=SC2086
	(cd "$build" && $link $objects src/main.o $libraries -o "$here/new/stop7b")
}

check "the rows go in" rows
check "the program is linked with them" program
new=new/stop7b

check "the target is listed" says '^trial-box +Trial box' "$new" targets
check "it is judged: the driver is not on the disk" status 1 "$new" check --target trial-box "$disk"
check "by its name and words" says '^ X  R[0-9]+ +trialdrv' "$new" check --target trial-box "$disk"
check "the rehearsal stops there too" says 'STOPS at the disk controller' "$new" boot --target trial-box "$disk"
check "the rule is asked" says '^ -  T1 +trial +release' "$new" check "$disk"
check "and explained" says 'A rule of this test' "$new" explain T1
in_json() {
	got=$("$new" check --json --target trial-box "$disk" |
		jq -c '[.installations[].findings[]|select(.rule=="T1" or .subject=="trialdrv")|.subject]')
	[ "$got" = '["trialdrv","trial"]' ] || { echo "$got"; return 1; }
}
check "all of it is in the JSON" in_json
check "the program without them knows none" status 2 "$s7b" check --target trial-box "$disk"

done_testing
