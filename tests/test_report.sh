#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_report.sh: the page for a ticket says what check and diff say, stands alone, and lets nothing
# of an image become markup. Prints TAP.

. "${S7B_SRC:?names the source tree}/tests/lib.sh"

report() { # IMAGE OPTION...
	"$s7b" report "$@" >page 2>err
	echo $? >rc
	[ "$(cat rc)" -le 3 ] || { cat err; return 1; }
}

# tables: each row of a Markdown page's tables, cells separated by tabs
tables() {
	sed -n 's/^| //p' page | sed 's/ |$//; s/ | /\t/g; s/\\\(.\)/\1/g'
}

cp "$images/win7-mbr-dynamic.vhd" seven.vhd
cp "$images/win10-imported.vhd" ten.vhd

verdicts() { # IMAGE: the table has each target as check --json judges it
	report "$1" || return 1
	"$s7b" check --json --target all "$1" | jq -r '.installations[0].targets[] | "\(.id)\t\(.verdict)"' |
		sort >wanted
	tables | sed -n 's/^[-=!X~?] .*(\([a-z0-9-]*\))\t\([^\t]*\)\t.*/\1\t\2/p' |
		sed 's/\tboots, doubt$/\tdoubt/; s/\tboots with doubt$/\tdoubt/; s/\tLIKELY.*/\tlikely-stops/; s/\tNOT CHECKED/\tunknown/
			/\tboots$/b; /\tdoubt$/b; /\tlikely-stops$/b; /\tunknown$/b; s/\t.*/\tstops/' | sort >got
	[ -s got ] && diff wanted got
}
check "every target stands there as check judges it" verdicts seven.vhd
check "the same of Windows 10" verdicts ten.vhd

changes() { # IMAGE: what would be written is what diff says
	report "$1" || return 1
	"$s7b" diff --json "$1" | jq -r '.changes.values[] | "\(.key)\t\(.name)\t\(.type)\t\(.was)\t\(.becomes)"' >wanted
	sed -n '/^## What stop7b fix would write/,/^## Image/p' page >part
	mv part page
	tables | grep -v '^\(Where\|---\)' >got
	[ -s got ] && diff wanted got
}
check "what fix would write is what diff shows" changes seven.vhd

findings() { # IMAGE
	report "$1" || return 1
	"$s7b" check "$1" | sed -n 's/^         //p' | grep -v '^\(Fix\|What to do\|No fix from here\):' >wanted
	sed -n 's/^- \*\*Why\*\*: //p' page | sed 's/\\\(.\)/\1/g' >got
	[ -s got ] && diff wanted got
}
check "each finding with its reason" findings seven.vhd
check "doubts too" findings ten.vhd
check "it ends as check ends" status 1 "$s7b" report seven.vhd

alone() { # the HTML is well formed by Python's parser, loads nothing and runs nothing
	"$s7b" report --format html "$1" >page.html
	python3 - page.html <<-'EOF'
	import html.parser, sys
	class Page(html.parser.HTMLParser):
	    open, seen = [], 0
	    def handle_starttag(self, tag, attrs):
	        names = dict(attrs)
	        assert tag not in ("script", "link", "img", "iframe", "a", "object", "form"), tag
	        assert not {"src", "href", "style", "onclick", "onload"} & set(names), attrs
	        self.seen += 1
	        if tag != "meta":
	            self.open.append(tag)
	    def handle_endtag(self, tag):
	        assert self.open.pop() == tag, (tag, self.open)
	text = open(sys.argv[1], encoding="utf-8").read()
	page = Page()
	page.feed(text)
	assert page.open == [] and page.seen > 50, (page.open, page.seen)
	assert "url(" not in text and "@import" not in text
	EOF
}
check "HTML that stands alone" alone seven.vhd

cp seven.vhd '<img src=x>&"`*[a](b)`.vhd'
hostile() {
	name='<img src=x>&"`*[a](b)`.vhd'
	alone "$name" && ! grep -q '<img' page.html && grep -q '&lt;img src=x&gt;&amp;&quot;' page.html &&
		report "$name" && ! grep -q '[^\\]<' page && grep -qF '\<img src=x\>\&"\`\*\[a\](b)\`.vhd' page
}
check "a file name is no markup" hostile

saved() {
	says 'Saved to a.html' "$s7b" report seven.vhd -o a.html && grep -q '^<!DOCTYPE html>' a.html &&
		status 1 "$s7b" report seven.vhd -o a.txt && grep -q '^# ' a.txt &&
		status 1 "$s7b" report seven.vhd --format md -o b.html && grep -q '^# ' b.html
}
check "the end of the name says the form, --format wins" saved
check "an older file stays" status 4 "$s7b" report seven.vhd -o a.html
check "plan's forms are not the report's" status 2 "$s7b" report seven.vhd --format cmd
check "nor the other way round" status 2 "$s7b" plan --format html --vhd 'D:\a.vhd'

lines() { # REGEX IMAGE OPTION...
	pattern=$1
	shift
	report "$@" && { grep -qE -e "$pattern" page || { cat page; return 1; }; }
}
check "an encrypted volume is no missing Windows" lines 'encrypted with BitLocker' "$images/bitlocker.vhd"
check "two Windows stand there both" lines 'Windows on partition 2: Windows 10' "$images/twowindows.vhd"
check "a hive that does not read is said" lines '^\*\*\?\*\* ' "$images/hive-empty.vhd"
check "a guard that forbids writing too" lines 'Writing is off' "$images/hibernated.vhd"
check "what was recovered" lines 'recovered from' "$images/hive-logged.vhd"

written() {
	"$s7b" fix --yes seven.vhd >/dev/null 2>&1
	report seven.vhd && sed -n '/^## Written last/,/^## Image/p' page >part && mv part page &&
		tables | grep -qx 'msahci	Start	3 Manual	0 Boot' && ! grep -q 'would write' page
}
check "what was written last" written

from_screen() {
	"$s7b" ten.vhd --keys 'fo<ctrl-u>./s.html<enter>' --screen 80x24 | grep -q 'Saved to ./s.html' &&
		grep -q 'Staged, and not written yet' s.html && ! grep -q 'would write' s.html
}
check "o on the list saves it with what is staged" from_screen

before=$(sum ten.vhd)
report ten.vhd
check "nothing is written into the image" same_sum ten.vhd "$before"
done_testing
