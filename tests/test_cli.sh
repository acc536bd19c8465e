#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_cli.sh: the commands as a script sees them: exit status, words, JSON, and that nothing is
# written where nothing may be written.

. "${S7B_SRC:?}/tests/lib.sh"

image() { # NAME: a fresh copy as disk.vhd
	rm -f disk.vhd*
	cp "$images/$1.vhd" disk.vhd
	before=$(sum disk.vhd)
}

fields() { # JQ-FILTER EXPECTED COMMAND...
	filter=$1 expected=$2
	shift 2
	got=$("$@" | jq -rc "$filter") || true
	[ "$got" = "$expected" ] || { echo "got $got, not $expected"; return 1; }
}

# ---- usage ----

check "help" says 'stop7b check' "$s7b" -h
check "version" says '^stop7b [0-9]' "$s7b" -V
check "the version names the licence of what is built" \
	says '^(This program contains libntfs-3g: GNU GPL|MIT licence\.)' "$s7b" -V
check "nothing asked for" status 2 "$s7b"
check "an unknown option" status 2 "$s7b" check --frob disk.vhd
check "an option without its value" status 2 "$s7b" check --target
check "an unknown target" status 2 "$s7b" check --target mars "$images/win7-mbr-dynamic.vhd"
check "check without an image" status 2 "$s7b" check
check "a bad partition number" status 2 "$s7b" check --partition x disk.vhd
check "targets" says '^physical-ahci' "$s7b" targets
check "in groups" sh -c '[ "$("$1" targets | grep ":$" | tr "\n" " ")" = "$2" ]' - "$s7b" \
	'physical: native VHD: Hyper-V and Azure: VMware: KVM and clouds: others: several at once: '
check "what a target is" fields '.targets[]|select(.id=="azure-gen1")|[.aliases,.group,.firmware,.ids[0],.hardware,.unseen]' \
	'[["azure"],"Hyper-V and Azure","bios","PCI\\VEN_8086&DEV_7111","PCI\\VEN_8086&DEV_7111",null]' "$s7b" targets --json
check "targets as JSON" fields '.targets|map(.id)|contains(["physical-ahci","hyperv-gen2"])' true \
	"$s7b" targets --json
check "plan without --vhd" status 2 "$s7b" plan
check "recover without a direction" status 2 "$s7b" recover disk.vhd

# ---- check ----

image win7-mbr-dynamic
check "a parked disk" status 1 "$s7b" check disk.vhd
check "its verdict" says '^ X  STOP 0x7B on any machine \(portable\) +3 of [0-9]+ boot-critical drivers' "$s7b" check disk.vhd
check "the machines that it boots on" says '^    Boots: vmware-lsi-sas \(last ran there\), .*  Stops: physical-ide, ' "$s7b" check disk.vhd
check "a rule, a service, and what mends it" says '^ X  R1   msahci +3 Manual +fix: Start = 0$' "$s7b" check disk.vhd
check "no terminal: the same as check" sh -c '"$1" disk.vhd >a; "$1" check disk.vhd >b; cmp a b' - "$s7b"
check "the machine it ran on" status 0 "$s7b" check --target last disk.vhd
check "a target that stops" status 1 "$s7b" check --target physical-ahci disk.vhd
check "schema" fields .schema stop7b.check/2 "$s7b" check --json disk.vhd
check "image fields" fields '[.image.format,.image.type,.image.size,.image.sector_size]' \
	'["vhd","dynamic",50331648,512]' "$s7b" check --json disk.vhd
check "partitions" fields '.partitions|map([.number,.scheme,.type_id,.start,.size,.active,.filesystem])' \
	'[[1,"mbr","0x07",1048576,10485760,true,"ntfs"],[2,"mbr","0x07",11534336,37748736,false,"ntfs"]]' \
	"$s7b" check --json disk.vhd
check "installation" fields '.installations[0]|[.partition,.root,.version,.architecture,.control_sets,.boots_with]' \
	'[2,"\\Windows","Windows 7","x86",[1,2],1]' "$s7b" check --json disk.vhd
check "hive" fields '.installations[0].hive|[.path,.state,.log,.sequence]' \
	'["\\Windows\\System32\\config\\SYSTEM","clean","none",[13983,13983]]' "$s7b" check --json disk.vhd
check "a service" fields '.installations[0].services[]|select(.name=="msahci")|[.type,.start,.start_override,.effective_start,.error_control,.file.state,.file.size]' \
	'[1,3,{},3,3,"present",9216]' "$s7b" check --json disk.vhd
check "portable comes first" fields '.installations[0].targets[0].id' portable "$s7b" check --json disk.vhd
check "then the whole catalogue" fields '.installations[0].targets|length>7' true "$s7b" check --json disk.vhd
check "an older name of a target" fields '.installations[0].targets|map(.id)' '["azure-gen1"]' \
	"$s7b" check --json --target azure disk.vhd
check "all targets" fields '.installations[0].targets|map(.id)' "$("$s7b" targets --json | jq -c '.targets|map(.id)')" \
	"$s7b" check --json --target all disk.vhd
check "chosen targets in their order" fields '.installations[0].targets|map(.id+"="+.verdict)' \
	'["last=boots","physical-ahci=stops"]' \
	"$s7b" check --json --target last --target physical-ahci disk.vhd
check "a finding" fields '.installations[0]|.findings[.targets[0].findings[0]]|[.rule,.severity,.subject,.control_set,.value,.found,.needed,.fixable]' \
	'["R1","stop","msahci",1,"Start","3 Manual","0 Boot",true]' \
	"$s7b" check --json --target physical-ahci disk.vhd
check "exit field" fields .exit 1 "$s7b" check --json disk.vhd
check "no error is null" fields .error null "$s7b" check --json disk.vhd
check "looking changed nothing" same_sum disk.vhd "$before"

touch -d 2020-01-01 disk.vhd
"$s7b" check disk.vhd >/dev/null
check "nor the time of the file" test "$(stat -c %Y disk.vhd)" = "$(date -d 2020-01-01 +%s)"

cp "$images/win10-gpt-dynamic.vhd" ten.vhd
check "several images, one line each" sh -c \
	'test "$("$1" check --json disk.vhd missing.vhd ten.vhd | jq -c .exit | tr "\n" " ")" = "1 3 0 "' - "$s7b"
check "several images, the worst status" status 3 "$s7b" check --json disk.vhd missing.vhd ten.vhd
check "a missing file is an error with code and hint" \
	fields '[.error.code,(.error.hint|length>0)]' '["E_OPEN",true]' "$s7b" check --json missing.vhd

check "overrides" fields '.installations[0].services[]|select(.name=="pciide").start_override' '{"0":3,"1":3}' \
	"$s7b" check --json ten.vhd
check "a doubt" fields '.installations[0].targets[]|select(.id=="hyperv-gen2").verdict' doubt \
	"$s7b" check --json ten.vhd
check "last machine" fields '.installations[0].last_machine.config_id' 0 "$s7b" check --json ten.vhd

cp "$images/twowindows.vhd" two.vhd
check "two Windows are both judged" fields '.installations|map(.partition)' '[1,2,2]' \
	"$s7b" check --json two.vhd
check "two Windows: fix wants a choice" status 2 "$s7b" fix two.vhd
check "two Windows: --partition chooses" status 1 "$s7b" fix --partition 1 two.vhd

# ---- what cannot be read ----

for name in nowindows empty-table hive-empty hive-foreign hive-truncated hive-missing bitlocker \
	bad-both-gpt overlap-mbr past-end-mbr no-table not-a-disk vhd-footer-bad vhd-header-bad \
	vhd-table-past-end vhd-table-overlap vhd-truncated loop-ebr; do
	check "$name is refused with 3" status 3 "$s7b" check "$images/$name.vhd"
	check "$name: fix writes nothing" sh -c 'cp "$2" x.vhd; a=$(sha256sum <x.vhd)
		"$1" fix --yes x.vhd; s=$?; [ $s = 3 ] || [ $s = 4 ] || exit 1
		[ "$(sha256sum <x.vhd)" = "$a" ]' - "$s7b" "$images/$name.vhd"
done
check "the message names layer and place" says 'vhd-header-bad.vhd: VHD header at 0x200: checksum' \
	"$s7b" check "$images/vhd-header-bad.vhd"
check "the message says what to do" says 'no Windows found' "$s7b" check "$images/nowindows.vhd"
check "a directory is no image" status 3 "$s7b" check .
check "an empty file is no image" sh -c ': >empty; "$1" check empty; [ $? = 3 ]' - "$s7b"
check "the backup GPT is used and said" says 'primary GPT is damaged.*backup is used' \
	"$s7b" check "$images/bad-primary-gpt.vhd"
check "a Japanese file name" status 1 "$s7b" check "$images/日本語.vhd"
for name in odd-start odd-names; do
	check "$name is judged" status 1 "$s7b" check "$images/$name.vhd"
	check "$name: no control character comes through" sh -c \
		'! "$1" check --json "$2" | LC_ALL=C grep -q "[[:cntrl:]]"' - "$s7b" "$images/$name.vhd"
done

# ---- what is left alone says what to do ----

check "a dynamic disk in a virtual machine" says \
	'What to do: A virtual machine starts it as it is.*Import Foreign.*dism /Capture-Image' \
	"$s7b" check "$images/ldm-mbr.vhd"
check "a dynamic disk for native boot" says 'NOT START.*dynamic disk' \
	"$s7b" check --target vhd-on-ahci "$images/ldm-mbr.vhd"
check "BitLocker" says 'partition 2 is encrypted with BitLocker; unlock it.*\(manage-bde -unlock\)' \
	"$s7b" check "$images/bitlocker.vhd"
disk_bytes "$images/bitlocker.vhd" foreign.raw
# The Windows volume as ReFS, then as a dynamic disk's whose bytes are not a volume.
at=11534336
poke() { # BYTE TEXT
	printf "$2" | dd of=foreign.raw bs=1 seek="$1" conv=notrunc 2>/dev/null
}
poke $((at + 3)) 'ReFS\000\000\000\000\000\000\000\000\000FSRS'
check "ReFS" says 'partition 2 holds a ReFS volume.*copy its Windows to an NTFS volume.*dism' \
	"$s7b" check foreign.raw
check "ReFS, listed" says '^ +! +partition 2 holds a ReFS volume' "$s7b" ls foreign.raw
poke $((at + 3)) 'XXXXXXXX'
check "an unknown volume has no hint" says 'no Windows found on 2 partitions' "$s7b" check foreign.raw
poke $((446 + 16 + 4)) '\102'
check "a volume of a dynamic disk" says 'partition 2 lies on a dynamic disk.*Import Foreign Disks' \
	"$s7b" check foreign.raw

# ---- diff, fix, undo ----

image win7-mbr-dynamic
check "diff shows and exits 1" status 1 "$s7b" diff disk.vhd
check "diff shows the four addresses" says \
	'hive 0x[0-9a-f]+ > volume 0x[0-9a-f]+ > disk 0x[0-9a-f]+ > image 0x[0-9a-f]+' "$s7b" diff disk.vhd
check "diff as JSON" fields '.changes.values|map([.subject,.was,.becomes,.bytes])' \
	'[["msahci","3 Manual","0 Boot",1]]' "$s7b" diff --json --target physical-ahci disk.vhd
check "fix without --yes writes nothing" status 1 "$s7b" fix disk.vhd
check "indeed nothing" same_sum disk.vhd "$before"
check "--only" fields '.changes.values|map(.subject)' '["pciide"]' "$s7b" diff --json --only pciide disk.vhd
check "all control sets" fields '.changes.values|map(.key)' \
	'["ControlSet001\\Services\\msahci","ControlSet002\\Services\\msahci"]' \
	"$s7b" diff --json --target physical-ahci --control-set all disk.vhd
check "a read-only run" status 4 "$s7b" -r fix --yes disk.vhd
check "still nothing" same_sum disk.vhd "$before"
check "fix --yes" says '^ =  FIXED +0 of' "$s7b" fix --yes --undo-dir . disk.vhd
check "fix again has nothing to do" status 0 "$s7b" fix --yes --undo-dir . disk.vhd
check "one record" sh -c 'test "$(ls | grep -c "vhd-.*stop7b-undo")" = 1'
check "and the mark that leads to it" grep -q "^S7BMARK" disk.vhd.stop7b-undo
check "undo --list" says 'msahci +Start +3 Manual -> 0 Boot' "$s7b" undo --list --undo-dir . disk.vhd
check "undo without --yes" status 1 "$s7b" undo --undo-dir . disk.vhd
after=$(sum disk.vhd)
check "recover has nothing to do" status 3 "$s7b" recover --yes --undo --undo-dir . disk.vhd
check "it changed nothing" same_sum disk.vhd "$after"
check "undo --yes" says 'RESTORED' "$s7b" undo --yes --undo-dir . disk.vhd
check "byte for byte" same_sum disk.vhd "$before"

image win7-mbr-dynamic
"$s7b" fix --yes --undo-dir . disk.vhd >/dev/null
place=$("$s7b" reg --json disk.vhd 'CurrentControlSet\Services\msahci' |
	jq '.values[]|select(.name=="Start").hive_offset')
check "reg shows the new value" test -n "$place"
"$s7b" set --yes --undo-dir . disk.vhd 'CurrentControlSet\Services\msahci' Start dword 4 >/dev/null
check "set wrote it" says '^Start +REG_DWORD +4' "$s7b" reg disk.vhd 'CurrentControlSet\Services\msahci'
check "undo takes back the newest first" status 0 "$s7b" undo --yes --undo-dir . disk.vhd
check "then the one before" status 0 "$s7b" undo --yes --undo-dir . disk.vhd
check "back at the start" same_sum disk.vhd "$before"

"$s7b" fix --yes --undo-dir . disk.vhd >/dev/null
"$s7b" set --yes --undo-dir /nowhere disk.vhd 'CurrentControlSet\Services\msahci' Start dword 4 >/dev/null
check "an undo directory that is not there: 4" status 4 "$s7b" set --yes --undo-dir /nowhere disk.vhd \
	'CurrentControlSet\Services\disk' Start dword 4
mkdir other
"$s7b" set --yes --undo-dir other disk.vhd 'CurrentControlSet\Services\msahci' Start dword 2 >/dev/null
changed=$(sum disk.vhd)
check "undo refuses bytes that changed since" status 4 "$s7b" undo --yes --undo-dir . disk.vhd
check "and writes nothing" same_sum disk.vhd "$changed"
check "set creates no key by the way" status 3 "$s7b" set --yes --undo-dir . disk.vhd \
	'CurrentControlSet\Services\nosuch' Start dword 1
check "set refuses a bad number" status 2 "$s7b" set disk.vhd 'CurrentControlSet\Services\msahci' Start dword four
check "Start=0 for a missing file is never offered" fields '.changes.values|map(.subject)' '["storvsc"]' \
	"$s7b" diff --json "$images/missing-driver.vhd"

# ---- a dirty hive with its log ----

image hive-logged
check "the log's newer state is judged" fields '[.installations[0].findings[].subject]|contains(["msahci"])' \
	true "$s7b" check --json disk.vhd
check "what was replayed is reported" fields \
	'.installations[0].hive|[.state,.log,(.recovered_pages>0),.sequence]' \
	'["dirty","new",true,[13984,13983]]' "$s7b" check --json disk.vhd
check "and said" says 'HIVE RECOVERED' "$s7b" check disk.vhd
check "fix writes the recovered pages too" says 'FIXED' "$s7b" fix --yes --undo-dir . disk.vhd
disk_bytes disk.vhd raw
dd if=raw of=volume bs=512 skip=22528 status=none
ntfscat volume Windows/System32/config/SYSTEM >hive
check "hivex reads the new value" test "$(hivexget hive 'ControlSet001\services\msahci' Start)" = 0
check "the numbers are equal and higher" sh -c 'set -- $(od -An -tu4 -j4 -N8 hive)
	[ $1 = $2 ] && [ $1 -gt 13984 ]'
check "clean afterwards" fields '.installations[0].hive.state' clean "$s7b" check --json disk.vhd
check "undo brings the dirty hive back" status 0 "$s7b" undo --yes --undo-dir . disk.vhd
check "byte for byte" same_sum disk.vhd "$before"

# ---- a log with a torn entry, and a valid one behind it ----

image hive-log-torn
check "check has the guard" fields '.installations[0]|[.hive.recovery.partial,(.guards[]|[.id,.blocks_writing,.overridable])]' \
	'[true,["log-partial",true,true]]' "$s7b" check --json disk.vhd
check "and says where the replay ended" says '^ !  LOG1: entry 13985 has a wrong hash' "$s7b" check disk.vhd
check "and what was left" says '^ !  1 valid log entry with a number above 13984 was not applied' "$s7b" check disk.vhd
check "boot says it" says 'LOG1: entry 13985 has a wrong hash' "$s7b" boot disk.vhd
check "and does not call the hive clean" says 'hive +SYSTEM +recovered from its log' "$s7b" boot --target physical-ahci disk.vhd
check "boot --json too" fields '.installation.recovery|[.partial,(.notes|length)]' '[true,2]' "$s7b" boot --json disk.vhd
check "diff says it" says '^ !  .*SYSTEM: LOG1: entry 13985' "$s7b" diff disk.vhd
check "and that writing is off" says 'WRITES OFF  log-partial' "$s7b" diff disk.vhd
check "diff --json" fields '[(.guards|map(.id)),(.changes.warnings|length)]' '[["log-partial"],2]' "$s7b" diff --json disk.vhd
check "reg says it, apart from the values" sh -c \
	'"$1" reg disk.vhd Select 2>&1 >/dev/null | grep -q "entry 13985" && ! "$1" reg disk.vhd Select 2>/dev/null | grep -q 13985' - "$s7b"
check "reg --json" fields '.recovery.partial' true "$s7b" reg --json disk.vhd Select
check "a hive that was not recovered has none" fields '.recovery' null "$s7b" reg --json "$images/win7-mbr-dynamic.vhd" Select
check "fix refuses: 4" status 4 "$s7b" fix --yes --undo-dir . disk.vhd
check "nothing was written" same_sum disk.vhd "$before"
check "fix --allow log-partial" says 'FIXED' "$s7b" fix --yes --undo-dir . --allow log-partial disk.vhd
disk_bytes disk.vhd raw
dd if=raw of=volume bs=512 skip=22528 status=none
ntfscat volume Windows/System32/config/SYSTEM >hive
ntfscat volume Windows/System32/config/SYSTEM.LOG1 >log
check "the number is above every entry in the log" perl -e '
	local $/; open F, "hive"; my $hive = <F>; open F, "log"; my $log = <F>;
	my ($a, $b) = unpack "x4VV", $hive; my $most = 0;
	while ($log =~ /HvLE.{8}(....)/gs) { my $n = unpack "V", $1; $most = $n if $n > $most }
	exit !($a == $b && $most == 13986 && $a > $most)'
check "the hive is clean" fields '.installations[0].hive|[.state,.recovery]' '["clean",null]' "$s7b" check --json disk.vhd
check "undo" status 0 "$s7b" undo --yes --undo-dir . disk.vhd
check "byte for byte" same_sum disk.vhd "$before"

check "shadow copies are mentioned" says '^ !  The volume has shadow copies' "$s7b" check "$images/shadow-copies.vhd"
check "and only where they are" sh -c '! "$1" check "$2" | grep -q shadow' - "$s7b" "$images/log-clean.vhd"

# ---- sectors of 4096 bytes ----

rm -f disk.vhd*
cp "$images/native-4k.img" native.img
before=$(sum native.img)
check "a 4Kn disk" fields '[.image.format,.image.sector_size,.partitions[0].start,.installations[0].version]' \
	'["raw",4096,1048576,"Windows 7"]' "$s7b" check --json native.img
check "nothing is written where nothing starts it" status 1 "$s7b" fix --yes --undo-dir . native.img
check "not a byte" same_sum native.img "$before"
check "natively booted its driver is mended" says '^ =  FIXED' \
	"$s7b" fix --yes --undo-dir . --target vhd-on-ahci native.img
dd if=native.img of=volume bs=4096 skip=256 status=none
ntfscat volume Windows/System32/config/SYSTEM >hive
check "hivex reads Start=0 on it" test "$(hivexget hive 'ControlSet001\services\msahci' Start)" = 0
check "and restored" status 0 "$s7b" undo --yes --undo-dir . native.img
check "byte for byte" same_sum native.img "$before"

# ---- machines that are reached, and others ----

check "one that starts it is mended, whatever the others do" sh -c \
	'for order in "portable vhd-on-ahci" "vhd-on-ahci portable"; do
		set -- "$1" "$2" $order
		"$1" diff --target $3 --target $4 "$2" >got
		grep -q "^@@ ControlSet001.Services.msahci" got || exit 1
		grep -q "^@@ ControlSet001.Services.pciide" got && exit 1
	done; exit 0' - "$s7b" "$images/win7-gpt-dynamic.vhd"

# ---- no place, no room, in use ----

image win7-mbr-dynamic
check "a full disk: the record cannot be written, 5" sh -c \
	'mkdir -p full; trap "" XFSZ; ulimit -f 4; "$1" fix --yes --undo-dir full disk.vhd; [ $? = 5 ]' - "$s7b"
check "the image is untouched" same_sum disk.vhd "$before"
check "no half record is left" sh -c '[ -z "$(ls full)" ]'
check "a place where nothing can be made: 4" status 4 "$s7b" fix --yes --undo-dir /proc disk.vhd
check "the guard is named" says 'no-undo-place' "$s7b" fix --yes --undo-dir /proc disk.vhd
if command -v flock >/dev/null; then
	check "flock: in use, 4" status 4 flock disk.vhd "$s7b" fix --yes --undo-dir . disk.vhd
	check "flock is named" says 'in-use' flock disk.vhd "$s7b" fix --yes --undo-dir . disk.vhd
else
	skip "flock: in use" "no flock here"
fi
mkfifo go
(qemu-io -f vpc disk.vhd <go >qemu.out 2>&1) &
exec 9>go
echo length >&9
until [ -s qemu.out ]; do
	kill -0 $! || break
	sleep 0.1
done
check "a running qemu: in use, 4" status 4 "$s7b" fix --yes --undo-dir . disk.vhd
check "looking still works" status 1 "$s7b" check disk.vhd
check "and says so" says '^ !  in-use: ' "$s7b" check disk.vhd
exec 9>&-
wait
check "afterwards it is free" status 0 "$s7b" fix --yes --undo-dir . disk.vhd

# ---- ls, cat, reg, plan ----

image win7-mbr-dynamic
check "ls" says '^ +2 +NTFS +ntfs' "$s7b" ls disk.vhd
check "ls as JSON" fields '[.scheme,.disk_id]' '["mbr","0x5b7d0007"]' "$s7b" ls --json disk.vhd
check "ls of a directory" says ' SYSTEM$' "$s7b" ls disk.vhd '2:\Windows\System32\config'
check "ls with slashes" says ' SYSTEM$' "$s7b" ls disk.vhd 2:/windows/system32/CONFIG
check "ls of a directory as JSON" fields '.entries[]|select(.name=="SYSTEM").directory' false \
	"$s7b" ls --json disk.vhd '2:\Windows\System32\config'
check "ls of what is not there" status 3 "$s7b" ls disk.vhd '2:\Nowhere'
check "ls of no partition" status 3 "$s7b" ls disk.vhd 7
check "ls of nonsense" status 2 "$s7b" ls disk.vhd seven
disk_bytes disk.vhd raw
dd if=raw of=volume bs=512 skip=22528 status=none
ntfscat volume Windows/System32/config/SYSTEM >hive
"$s7b" cat disk.vhd '2:\Windows\System32\config\SYSTEM' >copy
check "cat gives what ntfscat gives" cmp hive copy
check "cat of a directory" status 3 "$s7b" cat disk.vhd '2:\Windows'
check "reg of the root" says '^Select.$' "$s7b" reg disk.vhd
check "reg of a key" says '^Default +REG_DWORD +1' "$s7b" reg disk.vhd Select
check "reg of another hive" says '^ControlSet' "$s7b" reg --hive '2:\Windows\System32\config\SYSTEM' disk.vhd
check "reg of no key" status 3 "$s7b" reg disk.vhd 'No\Such\Key'
check "reg as JSON" fields '.values[]|select(.name=="Default").type' REG_DWORD "$s7b" reg --json disk.vhd Select
check "plan to a file" status 0 "$s7b" plan --vhd 'D:\vhd\win7.vhd' -o plan.cmd disk.vhd
check "plan is CR LF" sh -c '[ "$(grep -c "" plan.cmd)" = "$(grep -c "$(printf "\r")$" plan.cmd)" ]'
check "plan deletes with /cleanup" grep -q '/delete %ID% /cleanup' plan.cmd
check "plan never overwrites" status 4 "$s7b" plan --vhd 'D:\vhd\win7.vhd' -o plan.cmd disk.vhd
check "plan refuses a share" status 2 "$s7b" plan --vhd '\\server\share\x.vhd'
check "plan of an image that is not there" status 3 "$s7b" plan --vhd 'D:\vhd\win7.vhd' nowhere.vhd
check "output that cannot be written is said: 5" sh -c '"$1" check disk.vhd >/dev/full; [ $? = 5 ]' - "$s7b"
check "an option twice" status 2 "$s7b" set --file a.reg --file b.reg disk.vhd
check "a guard that nobody has" status 2 "$s7b" fix --allow nonsense disk.vhd
check "no escape sequence comes from the call's words" sh -c \
	'e=$(printf "\033"); for c in "explain ${e}X" "plan --format ${e}X"; do "$1" $c 2>&1; done | grep -q "$e" && exit 1; exit 0' - "$s7b"
check "no such command" status 2 "$s7b" frobnicate disk.vhd

# ---- what an attacker found ----

image win7-mbr-dynamic
check "--only with a name that no service has" status 2 "$s7b" fix --yes --undo-dir . --only nonsuch disk.vhd
check "nothing can be staged, it still stops: 1" status 1 \
	"$s7b" fix --yes --undo-dir . --target physical-ide "$images/xp-mbr.vhd"
check "no such partition" says 'there is no partition 9' "$s7b" check --partition 9 disk.vhd
check "diff says that writing is off" says 'WRITES OFF  hibernated' "$s7b" diff "$images/hibernated.vhd"
check "diff --json has the guards" fields '.guards|map(.id)' '["hibernated"]' \
	"$s7b" diff --json "$images/hibernated.vhd"
check "a hive that does not read is the error" fields '[.error.code,.exit]' '["E_CORRUPT",3]' \
	"$s7b" check --json "$images/hive-empty.vhd"
check "failing commands answer in JSON" fields '[.error.code,.exit]' '["E_NOTFOUND",3]' \
	"$s7b" ls --json disk.vhd '2:\Nowhere'
check "an unreadable start is no foreign format" sh -c \
	'! "$1" check /proc/self/mem 2>&1 | grep -q "no VHD footer"' - "$s7b"
sums() { # LINES: what check --summary says of some disks
	"$s7b" check --summary "$images/win7-mbr-dynamic.vhd" "$images/win10-gpt-dynamic.vhd" \
		"$images/twowindows.vhd" "$images/hive-empty.vhd" "$images/nowindows.vhd" >out 2>err
	[ $? = 3 ] && [ ! -s err ] && sed "s|$images/||; s/  */ /g" out | diff - "$1"
}
cat >lines <<END
win7-mbr-dynamic.vhd Windows 7 x86 stops 3 findings
win10-gpt-dynamic.vhd Windows 10 x64 boots, doubt 4 findings
twowindows.vhd Windows 7 x86 and 1 more stops 9 findings
hive-empty.vhd Windows not known 0 findings
nowindows.vhd NOT READ no Windows found on 1 partition
5 images: 1 boots, doubt; 2 stops; 1 not known; 1 not read
END
check "a line an image, and the sums" sums lines
check "--brief is of JSON" status 2 "$s7b" check --brief "$images/win7-mbr-dynamic.vhd"
check "--summary is not" status 2 "$s7b" check --summary --json "$images/win7-mbr-dynamic.vhd"
seen_enough() { # more than a pipe holds, of which one line is read
	d=$images/win7-mbr-dynamic.vhd
	{ "$s7b" check --json "$d" "$d" "$d" "$d" "$d" "$d" 2>err; echo $? >rc; } | head -c 100 >out
	[ ! -s err ] && [ "$(cat rc)" = 1 ] && [ "$("$s7b" check --json "$d" "$d" "$d" "$d" "$d" "$d" | wc -c)" -gt 131072 ]
}
check "a pipe that closes ends it quietly" seen_enough
check "an output that has no room does not" sh -c '"$1" check --json "$2" >/dev/full 2>/dev/null; [ $? = 5 ]' - \
	"$s7b" "$images/win7-mbr-dynamic.vhd"
cp disk.vhd "$(printf 'bad\033[31m\nname.vhd')"
check "no escape sequence comes from a file name" sh -c \
	'"$1" check bad*name.vhd 2>&1 | grep -q "bad.x1b" && ! "$1" check bad*name.vhd 2>&1 | grep -q "$(printf "\033")"' - "$s7b"
printf '\377' | dd of=disk.vhd bs=1 seek=$((0xf01800 + 0x1000 + 0x36890 + 5)) conv=notrunc status=none
damaged=$(sum disk.vhd)
check "a damaged value elsewhere: nothing new is made there" status 4 \
	"$s7b" set --yes --undo-dir . disk.vhd 'CurrentControlSet\Services\msahci' New dword 1
check "that is said" says 'hive-damaged: .*.1 defect, ' \
	"$s7b" set --yes --undo-dir . disk.vhd 'CurrentControlSet\Services\msahci' New dword 1
check "and no record" sh -c '! ls | grep -q stop7b-undo'
check "and the image as it was" same_sum disk.vhd "$damaged"
check "the damage is reported" says ' !  .*SYSTEM is damaged .1 defect' "$s7b" diff disk.vhd
check "numbers that are there can be set" says 'verified by libvhdi, libfsntfs, libregf' \
	"$s7b" fix --yes --undo-dir . disk.vhd
check "and the disk boots" status 0 "$s7b" check disk.vhd
check "and undo puts the damage back" status 0 "$s7b" undo --yes --undo-dir . disk.vhd
check "byte for byte" same_sum disk.vhd "$damaged"
rm -f *.stop7b-undo*
cp "$images/win7-mbr-dynamic.vhd" 'my disk.vhd'
mkdir -p 'un do'
check "the undo command is ready for a shell" says "stop7b undo --yes --undo-dir 'un do' 'my disk.vhd'" \
	"$s7b" fix --yes --undo-dir 'un do' 'my disk.vhd'


# ---- a Select that names no control set: Default 9 and Current 9 instead of 1 ----

image win7-mbr-dynamic
perl -0777 -pi -e 's/(vk\x07\x00\x04\x00\x00\x80)\x01(\x00\x00\x00\x04\x00\x00\x00....(Default|Current))/$1\x09$2/gs' disk.vhd
before=$(sum disk.vhd)
check "no set boots: exit 3" status 3 "$s7b" check disk.vhd
check "and what can be done" says 'Select names no control set that is there; --control-set N' "$s7b" check disk.vhd
check "the disk can still be looked at" status 0 "$s7b" ls disk.vhd
check "a set that is named is diagnosed" says '^ X  STOP 0x7B on any machine .* 3 of' "$s7b" check --control-set 1 disk.vhd
check "the hive can be read by its name" says 'Default +REG_DWORD +0?x?0*9' \
	"$s7b" reg --hive '2:\Windows\System32\config\SYSTEM' disk.vhd Select
check "and nothing was written" same_sum disk.vhd "$before"

done_testing
