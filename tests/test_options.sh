#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_options.sh: every option with every command. What a command does not use is refused before
# anything is opened or written; what it uses is taken. The lists are written down here once more,
# from the documents and not from the program's table.

. "${S7B_SRC:?}/tests/lib.sh"

select='target machine only control-set partition root remove-overrides drivers allow'
which='partition root'
everywhere='parent undo-dir force-parent read-only color'

# the options of a command, "screen" for the one without a name
options_of() {
	case $1 in
	screen) echo "bcd vhd keys screen $select $everywhere" ;;
	check) echo "json summary brief $select $everywhere" ;;
	boot | diff) echo "json $select $everywhere" ;;
	fix) echo "json yes $select $everywhere" ;;
	targets) echo json ;;
	explain) ;;
	drivers) echo "json all drivers $which $everywhere" ;;
	set) echo "json yes $which allow hive file $everywhere" ;;
	aid) echo "json yes $which allow $everywhere" ;;
	undo) echo "yes list $everywhere" ;;
	recover) echo "yes undo finish record $everywhere" ;;
	plan) echo "bcd store vhd entry add listing format output $everywhere" ;;
	bcd | ls) echo "json $everywhere" ;;
	cat) echo "$everywhere" ;;
	reg) echo "json export $which hive $everywhere" ;;
	esac
}

# the option with a value that it accepts
option_words() {
	case $1 in
	target | machine) echo "--$1=last" ;;
	control-set | partition) echo --"$1"=1 ;;
	allow) echo --allow=ntfs-log ;;
	color) echo --color=never ;;
	format) echo --format=md ;;
	screen) echo --screen=80x24 ;;
	json | yes | list | undo | summary | brief | finish | export | add | all | force-parent | read-only | remove-overrides) echo --"$1" ;;
	*) echo --"$1"=x ;;
	esac
}

# a call of the command that lacks nothing, on an image that does not exist
operands_of() {
	case $1:$2 in
	targets:* | explain:*) ;;
	set:file) echo missing.vhd ;;
	set:*) echo missing.vhd Key Name dword 1 ;;
	cat:*) echo missing.vhd '1:\x' ;;
	recover:undo | recover:finish) echo missing.vhd ;;
	recover:*) echo --undo missing.vhd ;;
	*) echo missing.vhd ;;
	esac
}

commands='screen check targets boot explain diff fix drivers set aid undo recover plan bcd ls cat reg'
options="$select $everywhere json yes list undo finish export add bcd store vhd entry listing format
 output hive file keys screen all record summary brief"

# try COMMAND OPTION: runs it; standard error is in said, the status is returned
try() {
	name=$1
	[ "$1" != screen ] || name=
	# shellcheck disable=SC2046,SC2086
	"$s7b" $name $(option_words "$2") $(operands_of "$1" "$2") >out 2>err </dev/null
}

refused() { # COMMAND OPTION
	try "$1" "$2"
	got=$?
	what=$1
	[ "$1" != screen ] || what='the screen'
	[ "$got" = 2 ] || { echo "exit $got"; return 1; }
	grep -qxF "stop7b: $what does not take --$2" err || { cat err; return 1; }
	[ ! -s out ]
}

taken() { # COMMAND OPTION
	try "$1" "$2"
	! grep -e 'does not take' -e 'unknown option' -e 'missing:' -e 'too many' err
}

for command in $commands; do
	mine=" $(options_of "$command") "
	for option in $options; do
		case $mine in
		*" $option "*) check "$command takes --$option" taken "$command" "$option" ;;
		*) check "$command refuses --$option" refused "$command" "$option" ;;
		esac
	done
done

# ---- nothing is written or read ----

cp "$images/win7-mbr-dynamic.vhd" disk.vhd
before=$(sum disk.vhd)
untouched() { # COMMAND...: exit 2, and the disk and its folder are as they were
	status 2 "$@" && same_sum disk.vhd "$before" && [ "$(ls disk.vhd*)" = disk.vhd ]
}
check "fix --undo writes nothing" untouched "$s7b" fix --yes --undo --undo-dir . disk.vhd
check "fix --file opens no file" untouched "$s7b" fix --yes --file nosuch.reg disk.vhd
check "ls --finish" untouched "$s7b" ls --finish disk.vhd
check "diff --yes" untouched "$s7b" diff --yes disk.vhd
check "undo --list --yes" untouched "$s7b" undo --list --yes disk.vhd
check "--only without a name is not everything" untouched "$s7b" fix --yes --only , disk.vhd

# ---- how they are read ----

check "an option is found behind the operands" status 1 "$s7b" check disk.vhd --target physical-ahci
check "a value behind =" status 1 "$s7b" check --target=physical-ahci disk.vhd
check "a letter with its value" says 'Saved to p.cmd' "$s7b" plan --vhd 'D:\x.vhd' -op.cmd
check "letters together" status 4 "$s7b" plan --vhd 'D:\x.vhd' -ro p.cmd
check "the beginning of one name" status 1 "$s7b" check --targ physical-ahci disk.vhd
check "the beginning of two" says 'unknown option "--un"' "$s7b" recover --un disk.vhd
check "-- ends the options" says '^stop7b: --json: cannot be opened' "$s7b" check -- --json
check "- is an operand" says '^stop7b: -: cannot be opened' "$s7b" check -
check "the letter is blamed" says 'unknown option "-f" in "-rf.vhd"' "$s7b" fix a.vhd -rf.vhd
check "a value that is missing" says '"--target" wants a value' "$s7b" check disk.vhd --target
check "a value too much" says '"--json" takes no value' "$s7b" check --json=1 disk.vhd
check "one value only" says '^stop7b: --root stands twice' "$s7b" check --root a --root b disk.vhd
check "without limit" status 1 sh -c 'set -- "$1"; i=0
	while [ $i -lt 300 ]; do set -- "$@" --target=physical-ahci --only=pciide; i=$((i + 1)); done
	s7b=$1; shift; exec "$s7b" check "$@" disk.vhd' - "$s7b"
check "one of two" says '^stop7b: recover wants --undo or --finish' "$s7b" recover disk.vhd
check "not both" says '^stop7b: --undo and --finish do not go together' "$s7b" recover --undo --finish disk.vhd
check "an operand is missing" says 'missing: stop7b cat IMAGE N:\\PATH' "$s7b" cat disk.vhd
check "too many operands" says 'too many operands: stop7b fix IMAGE$' "$s7b" fix disk.vhd disk.vhd
check "a registry text comes alone" says 'too many operands: stop7b set --file ... IMAGE' \
	"$s7b" set --file x.reg disk.vhd Key Name dword 1
cp "$images/win10-gpt-dynamic.vhd" ten.vhd
check "no machine of that number" says '^stop7b: .*knows no machine "7"; it knows new, last, 0' \
	"$s7b" check --machine 7 ten.vhd
check "that is a usage error" status 2 "$s7b" boot --machine 7 ten.vhd
check "a Windows that tells none apart" says \
	'^stop7b: .*Windows 7 does not tell machines apart, so there is no machine "7"; it knows new, last$' \
	"$s7b" check --machine 7 "$images/win7-mbr-dynamic.vhd"
check "a usage error too" status 2 "$s7b" check --machine 7 "$images/win7-mbr-dynamic.vhd"
check "a machine is no name" says '^stop7b: --machine is new, last or a number, not "dell"' \
	"$s7b" check --machine dell missing.vhd
check "the screen takes one store" status 2 "$s7b" --bcd a --bcd b disk.vhd
check "guards are named" says 'log-partial, ntfs-log, dirty-volume, saved-state or unsigned, not "in-use"' "$s7b" fix --allow in-use disk.vhd
check "complaints are objects too" sh -c '"$1" check --json --target mars x | jq -e ".error.code == \"E_USAGE\" and .exit == 2"' - "$s7b"

# ---- help ----

narrow() { # COMMAND...: exit 0, something, and nothing wider than 80 columns
	"$@" >out 2>&1 || return 1
	[ -s out ] && ! grep -E '.{81}' out
}
check "help is narrow" narrow "$s7b" -h
check "-h wins over what is missing" status 0 "$s7b" recover -h
for option in $options; do
	case $option in keys | screen) continue ;; esac
	check "help shows --$option" says "[[| ]--$option\\b" "$s7b" -h
done
for command in $commands; do
	[ "$command" != screen ] || continue
	check "help of $command is narrow" narrow "$s7b" "$command" -h
	check "it is about that command" sh -c '[ "$(grep -c "^  stop7b" out)" -ge 1 ] && ! grep "^  stop7b" out | grep -v "^  stop7b $1\b"' - "$command"
	mine=" $(options_of "$command") "
	for option in $options; do
		case $mine in
		*" $option "*) check "it has --$option" grep -qE -e "^  (-., )?--$option\\b" out ;;
		*) check "it has no --$option" sh -c '! grep -qE -e "^  (-., )?--$1( |\$)" out' - "$option" ;;
		esac
	done
done

done_testing
