#!/bin/sh
# SPDX-License-Identifier: MIT
#
# layers.sh: does the source keep to its rooms? Folders include only what stands above them, each
# library stays in its module, only the writer writes, only the edges print, and nothing starts a
# program or opens a socket. Looks at the text of the files and needs no build. Prints TAP.
#
# S7B_SRC names the source tree (default: the parent of this folder).

src=${S7B_SRC:-$(dirname "$0")/..}
cd "$src" || exit 99

rooms="base disk fs registry windows bootmenu judge change session words cli screen"
n=0

# said TEXT: one test that passes when standard input is empty and fails with what it says
said() {
	n=$((n + 1))
	lines=$(cat)
	if [ -z "$lines" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$lines" | sed 's/^/# /'
	fi
}

# code FILE...: the lines of the files as FILE:LINE:TEXT, without comments and string contents
code() {
	awk '
	FNR == 1 { open = 0 }
	{
		line = $0
		out = ""
		while (line != "") {
			if (open) {
				i = index(line, "*/")
				if (!i) { line = ""; break }
				line = substr(line, i + 2)
				open = 0
			} else if (match(line, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\*|\/\//)) {
				token = substr(line, RSTART, RLENGTH)
				out = out substr(line, 1, RSTART - 1)
				line = substr(line, RSTART + RLENGTH)
				if (token == "/*") open = 1
				else if (token == "//") line = ""
				else if ($0 ~ /^#[ \t]*include/) out = out token
				else out = out (token ~ /^"/ ? "\"\"" : "0")
			} else {
				out = out line
				line = ""
			}
		}
		print FILENAME ":" FNR ":" out
	}' "$@"
}

all=$(find src -name '*.c' -o -name '*.h' | sort)
headers=$(find include -name '*.h' | sort)
stripped=$(mktemp) || exit 99
trap 'rm -f "$stripped" "$stripped.h" "$stripped.map" "$stripped.doors"' EXIT
# shellcheck disable=SC2086
code $all >"$stripped"
# shellcheck disable=SC2086
code $headers >"$stripped.h"

# Which room a header in include/ belongs to: this list, else the folder of the .c of its name.
printf 'hive registry\nedit registry\ni18n base\n' >"$stripped.map"
for room in $rooms; do
	for file in src/"$room"/*.c; do
		[ -e "$file" ] && echo "$(basename "$file" .c) $room"
	done
done >>"$stripped.map"

# ---- folders include only folders above ----

# rank_check FILES-PREFIX: "FILE:LINE:#include ..." on standard input; says what points downward
upward() {
	awk -v rooms="$rooms" '
	BEGIN { count = split(rooms, list, " "); for (i = 1; i <= count; i++) rank[list[i]] = i }
	FNR == NR { if (!($1 in room)) room[$1] = $2; next }
	match($0, /#[ \t]*include[ \t]*"[^"]*"/) {
		split($0, part, ":")
		here = part[1]
		if (here ~ /^include\//) {
			name = here; sub(/.*\//, "", name); sub(/\.h$/, "", name)
			own = room[name]
		} else {
			own = here; sub(/^src\//, "", own); sub(/\/.*/, "", own)
		}
		target = substr($0, RSTART, RLENGTH)
		gsub(/^[^"]*"|"$/, "", target)
		if (target == "config.h") next
		if (target ~ /^stop7b\//) {
			name = target; sub(/.*\//, "", name); sub(/\.h$/, "", name)
			other = room[name]
			if (other == "") { print here " includes " target ", which has no room"; next }
		} else if (target ~ /^src\// && here ~ /^src\/[a-z]*\/optional\//) {
			own_room = here; sub(/^src\//, "", own_room); sub(/\/.*/, "", own_room)
			if (target !~ "^src/" own_room "/[^/]*$") print here " includes " target
			next
		} else if (target ~ /\//) {
			print here " includes " target " by a path"; next
		} else {
			other = own
		}
		mine = own in rank ? rank[own] : 99
		if (rank[other] > mine) print here " (" own ") includes " target " (" other ")"
	}' "$stripped.map" -
}

said "folders include only folders above them" <<-END
	$(upward <"$stripped")
END
said "public headers include only headers of the same folder or above" <<-END
	$(upward <"$stripped.h")
END
said "every header belongs to a folder" <<-END
	$(for h in $headers; do
		grep -q "^$(basename "$h" .h) " "$stripped.map" || echo "$h"
	done)
END
said "internal headers are included from their own folder" <<-END
	$(grep -E '#[ 	]*include[ 	]*"[^/"]*"' "$stripped" | while IFS=: read -r file _ text; do
		name=$(echo "$text" | sed 's/^[^"]*"//; s/".*//')
		[ "$name" = config.h ] || [ -e "$(dirname "$file")/$name" ] || echo "$file: $name"
	done)
END

# doors: the headers that another room includes, and those that such a header includes
doors() {
	awk '
	FILENAME ~ /\.map$/ { if (!($1 in room)) room[$1] = $2; next }
	match($0, /#[ \t]*include[ \t]*"stop7b\/[^"]*"/) {
		split($0, part, ":")
		target = substr($0, RSTART, RLENGTH)
		sub(/.*\//, "", target); sub(/\.h"$/, "", target)
		here = part[1]
		if (here ~ /^include\//) {
			sub(/.*\//, "", here); sub(/\.h$/, "", here)
			needs[here] = needs[here] " " target
		} else {
			split(here, part, "/")
			if (part[2] != room[target]) list[++n] = target
		}
	}
	END {
		for (i = 1; i <= n; i++) {
			if (door[list[i]]++) continue
			print "include/stop7b/" list[i] ".h"
			count = split(needs[list[i]], more, " ")
			for (j = 1; j <= count; j++) list[++n] = more[j]
		}
	}' "$stripped.map" "$stripped" "$stripped.h"
}
doors >"$stripped.doors"
said "include/ holds the doors between rooms and nothing else" <<-END
	$(echo "$headers" | grep -vxF -f "$stripped.doors")
END

# ---- words ----

said "a place is where bytes go: no name of src/bootmenu says it of anything else" <<-END
	$(grep -iE '^(src/bootmenu/|include/stop7b/(bcd|bootpath|cleanup|menu)).*[^a-z]place' "$stripped" "$stripped.h" | cut -d: -f2-)
END

# ---- libraries stay where they belong ----

# only_in PATTERN FILES: the files, public headers too, that match outside the allowed ones
only_in() {
	grep -hE "$1" "$stripped" "$stripped.h" | grep -vE "^($2)" | cut -c1-120
}

said "curses.h only in src/screen/tui.c" <<-END
	$(only_in 'include *<[^>]*curses' 'src/screen/tui\.c:')
END
said "libvhdi only in src/disk" <<-END
	$(only_in 'include *<libvhdi|libvhdi_(file|handle|check|volume|key|value|error|pool)[a-z_]* *\(' 'src/disk/')
END
said "libfsntfs only in src/fs" <<-END
	$(only_in 'include *<libfsntfs|libfsntfs_(file|handle|check|volume|key|value|error|pool)[a-z_]* *\(' 'src/fs/')
END
said "libregf only in src/registry" <<-END
	$(only_in 'include *<libregf|libregf_(file|handle|check|volume|key|value|error|pool)[a-z_]* *\(' 'src/registry/')
END
said "libbfio only in src/fs and src/registry" <<-END
	$(only_in 'include *<libbfio|libbfio_(file|handle|check|volume|key|value|error|pool)[a-z_]* *\(' 'src/fs/|src/registry/')
END
said "libntfs-3g only in what lays out NTFS for writing" <<-END
	$(only_in 'include *<ntfs-3g/' 'src/fs/ntfs_write_3g\.h:|src/fs/optional/ntfs_write_3g')
END
said "libseccomp only in the filter of that" <<-END
	$(only_in 'include *<(linux/)?seccomp|seccomp_[a-z_]* *\(' 'src/fs/optional/ntfs_write_filter\.c:')
END
said "libarchive only in src/windows/package_archive.c" <<-END
	$(only_in 'include *<archive|(^|[^a-z_])archive_(read|entry)_[a-z0-9_]+ *\(' 'src/windows/package_archive\.c:')
END
said "jansson only in src/cli" <<-END
	$(only_in 'include *<jansson' 'src/cli/')
END

# ---- JSON and undo records are English ----

said "no translated text reaches JSON or an undo record" <<-END
	$(grep -E '^src/(cli/json[a-z_]*|change/undo[a-z_]*)\.c:' "$stripped" | grep -E "[^A-Za-z_](_|n?gettext) *\(|(\.|->)shown([^A-Za-z_]|\$)" | cut -c1-120)
	$(grep -E '^src/cli/.*json_(pack|text|string|texts)' "$stripped" | grep -E "[^A-Za-z_](_|n?gettext) *\(|(\.|->)shown([^A-Za-z_]|\$)" | cut -c1-120)
END

# ---- who writes, who prints ----

writers='src/change/apply\.c:|src/change/save\.c:'
writing='O_RDWR|O_WRONLY|O_CREAT|O_TRUNC|O_APPEND|pwrite|pwritev|ftruncate|fallocate|copy_file_range'
calls='truncate|rename|renameat2?|unlink|unlinkat|remove|creat|link|symlink|mkdir|rmdir|mkstemp|mkostemp|fopen|chmod|fchmod|utimensat|futimens'

said "image and files are written only by apply.c and save.c" <<-END
	$(only_in "(^|[^A-Za-z0-9_.])($writing)([^A-Za-z0-9_]|\$)" "$writers")
END
said "calls that change files stand only in apply.c and save.c" <<-END
	$(only_in "(^|[^A-Za-z0-9_>.])($calls)[ ]*\\(" "$writers")
END
said "nothing maps a file for writing" <<-END
	$(only_in 'PROT_WRITE|MAP_SHARED' 'none')
END
said "only src/cli, src/screen and src/main.c print" <<-END
	$(only_in '(^|[^A-Za-z0-9_(]|[^t]\()(printf|puts|putchar|perror|fprintf|vprintf|vfprintf|fputs|fputc|putc|fwrite|dprintf|stdout|stderr)([^A-Za-z0-9_]|$)' 'src/cli/|src/screen/|src/main\.c:')
END

# ---- pages of the screen ----

# The names in PAGE_TABLE, whose rows are X(ID, name).
pages=$(sed -n 's/^[ 	]*X([A-Z]*, \([a-z]*\)).*/\1/p' src/screen/pages.h)
screen=$(mktemp) || exit 99
trap 'rm -f "$stripped" "$stripped.h" "$stripped.map" "$screen"' EXIT
grep '^src/screen/' "$stripped" >"$screen"

said "every page has a row in the table, and every row a page" <<-END
	$({
		echo "$pages"
		sed -n 's/.*const struct view view_\([a-z]*\) = .*/\1/p' "$screen"
	} | sort | uniq -u)
END
said "a page's operations are named only where they are filled in" <<-END
	$(for page in $pages; do
		grep -E "^[^:]*:[0-9]*:(.*[^a-z_])?view_$page([^a-z_]|\$)" "$screen" |
			grep -vE "const struct view view_$page = |include " | cut -c1-120
	done)
END
said "what a page remembers is known to its own files alone" <<-END
	$(for page in $pages; do
		grep -E "(^|[^a-z_])${page}_state([^a-z_]|\$)" "$screen" |
			grep -vE "^src/screen/(view_$page\.c|${page}_[a-z]*\.[ch]):" | cut -c1-120
	done)
END

# ---- never ----

said "no other program is started" <<-END
	$(only_in '(^|[^A-Za-z0-9_>.])(system|popen|vfork|exec[lv]p?e?|execveat|fexecve|posix_spawnp?|clone3?) *\(' 'none')
END
said "a process is made only to lay out NTFS in" <<-END
	$(only_in '(^|[^A-Za-z0-9_>.])fork *\(' 'src/fs/ntfs_write_fork\.c:')
END
said "no network" <<-END
	$(only_in '(^|[^A-Za-z0-9_])(socket|connect|getaddrinfo|gethostbyname) *\(|sys/socket\.h|netdb\.h' 'none')
END
said "no unbounded string functions" <<-END
	$(only_in '(^|[^A-Za-z0-9_])(gets|sprintf|vsprintf|alloca) *\(' 'none')
END
said "no #ifdef in .c files" <<-END
	$(grep -E '\.c:[0-9]+:[ 	]*#[ 	]*(if|ifdef|ifndef|elif|else)([^A-Za-z]|$)' "$stripped" | cut -c1-120)
END

# A declaration at the left margin that ends in ; or =, is no function, type or constant.
said "no mutable variables at file scope but in tui.c" <<-END
	$(grep -E '\.c:[0-9]+:(static |_Thread_local |volatile )*(struct |enum |unsigned |const )*[a-z_][a-z0-9_]* [^()]*(=|;)' "$stripped" |
		grep -vE '^src/screen/tui\.c:|:(typedef|extern|return|goto|enum [a-z_ ]*\{|[a-z ]*struct [a-z_]+;)' |
		grep -vE ':[^=]*const [^=*]*(=|;|\[)|:[^=]*\* *const|:[^=]*const[^=]*\[.*=' | cut -c1-120)
END
said "static variables inside functions are constant" <<-END
	$(grep -E '\.c:[0-9]+:	+static ' "$stripped" | grep -vE '	static (_Thread_local )?const |	static [a-z_ ]+[*]?const |\(' | cut -c1-120)
END

# ---- what is known of drivers and targets is columns of the catalogue ----

# names MACROS FILE: the first argument of each such row
names() {
	grep -ohE "\{?($1)\\(\"[^\"]+\"" "$2" | sed 's/.*("//; s/"$//'
}

# Words that are no driver where they stand, or the driver that the code is about:
#   disk, volume, cdrom, ReFS       everyday words, and a file system's own name
#   install_version.c               tells releases apart by the services that came with them
#   install_devices.c, _machine.c   names of buses in Enum
#   load_order.c, rehearsal_words.c a volume that this program reads is NTFS
#   rule_settings.c                 each rule is about one value of one driver
#   rules_*.c, bootpath_disk.c      what explain and its findings say
everyday='^(disk|volume|cdrom|ReFS)$'
about='src/(windows/(catalogue[a-z_]*|install_version|install_devices|install_machine|load_order)|bootmenu/bootpath_disk|judge/(rehearsal_words|rule_settings|rules_[a-z_]*))\.c:'

named() {
	list=$(paste -sd'|')
	if [ "$(echo "$list" | tr '|' '\n' | wc -l)" -lt "$1" ]; then
		echo "the catalogue's rows are not recognised"
		return
	fi
	# shellcheck disable=SC2086
	grep -nE "\"($list)\"" $all | grep -vE "^($about)" | cut -c1-120
}

said "no driver is named outside of the catalogue" <<-END
	$(names 'ROW|VENDOR' src/windows/catalogue_drivers.c | grep -vE "$everyday" | named 100)
END
said "no target is named outside of the catalogue" <<-END
	$(names TARGET src/windows/catalogue.c | named 30)
END

echo "1..$n"
