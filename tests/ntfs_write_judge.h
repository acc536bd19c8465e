/* SPDX-License-Identifier: MIT */
/*
 * Other people's judgement of a volume to which names were added: ntfscat, icat, 7zz, ntfsfix and
 * an independent checker; and that the same question has the same answer, and a way back.
 */
#ifndef NTFS_WRITE_JUDGE_H
#define NTFS_WRITE_JUDGE_H

#include "ntfs_write_test.h"

#define DRIVERS_SLASH "/Windows/System32/drivers/"

/* ---- the result in other people's eyes ---- */

#define SECTOR "b=$(od -An -tu2 -j11 -N2 before.img | tr -d ' '); "

/*
 * A list "sha256 path" of all files but what is expected to be new. 7zz does not open volumes with
 * sectors of 4096 bytes; there it is sleuthkit.
 */
UNUSED_OK static void hash_all(const char *image, const char *out, const char *but)
{
	assert_int_equal(run(SECTOR
			     "rm -rf all; if [ $b = 512 ]; then "
			     "7zz x -tntfs -y -oall %s -x'!*:*'; else "
			     "tsk_recover -a -f ntfs -b $b %s all; fi && cd all && "
			     "find . -type f ! -path '%s' ! -name '$MFT' ! -name '$MFTMirr' "
			     "! -name '$Bitmap' | sort | xargs -d '\\n' sha256sum > ../%s && "
			     "[ $(wc -l < ../%s) -ge 4 ]",
			     image, image, but, out, out),
			 0);
}

/* The file's content for ntfscat; for sleuthkit too, which does not look for short names. */
UNUSED_OK static void judge_content(const char *path, const uint8_t *want, size_t len)
{
	spill("want", want, len);
	assert_int_equal(run("ntfscat after.img '%s' | cmp - want", path), 0);
	if (strchr(path, '~'))
		return;
	assert_int_equal(run(SECTOR "n=$(ifind -f ntfs -b $b -n '%s' after.img) && "
				    "icat -f ntfs -b $b after.img $n | cmp - want",
			     path),
			 0);
}

/* before.img and after.img: other files equal, ntfsfix and the checker no worse. */
UNUSED_OK static void judge_rest(const char *but)
{
	hash_all("before.img", "before.sums", but);
	hash_all("after.img", "after.sums", but);
	assert_int_equal(run("cmp before.sums after.sums"), 0);
	assert_int_equal(run("ntfsfix -n before.img > a; ntfsfix -n after.img | sed "
			     "s/after/before/ > b; cmp a b"),
			 0);
	if (judge("before.img") && judge("after.img"))
		assert_int_equal(run("cmp before.img.judged after.img.judged"), 0);
}

/* An independent parser's view of every changed sector; it counts as the fence did. */
UNUSED_OK static void judge_places(const struct ntfs_places *p, const struct ntfs_new *news,
				   size_t n)
{
	static const char *const keys[NTFS_PLACES] = {"record",     "mirror",  "index", "bitmap",
						      "mft-bitmap", "content", "free"};
	char names[1024] = "", want[512], part[64];
	size_t all = 0;
	for (size_t i = 0; i < n; i++) {
		size_t dir = strlen(news[i].directory) > strlen(DRIVERS) ? strlen(DRIVERS) : 0;
		snprintf(names + strlen(names), sizeof(names) - strlen(names), " '%s%s%s'",
			 dir ? news[i].directory + dir + 1 : "", dir ? "/" : "", news[i].name);
	}
	for (char *c = names; *c; c++)
		*c = *c == '\\' ? '/' : *c;
	for (size_t i = 0; i < NTFS_PLACES; i++)
		all += p->sectors[i];
	snprintf(want, sizeof(want), "sectors %zu:", all);
	for (size_t i = 0; i < NTFS_PLACES; i++) {
		snprintf(part, sizeof(part), " %s %zu", keys[i], p->sectors[i]);
		strcat(want, part);
	}
	snprintf(part, sizeof(part), " records %zu", p->records);
	strcat(want, part);
	strcat(want, " untouched $LogFile $Volume $Secure $Extend");
	int r = run("python3 '%s/tests/ntfs_changes.py' before.img after.img "
		    "Windows/System32/drivers %s > places 2>&1",
		    getenv("S7B_SRC"), names);
	size_t len = 0;
	uint8_t *said = slurp("places", &len);
	said[len] = 0;
	if (r != 0 || strncmp((char *)said, want, strlen(want)) != 0)
		fail_msg("%s\nwanted %s", (char *)said, want);
	if (getenv("S7B_TABLE"))
		print_message("%s", want);
	free(said);
}

/* Write news on v, judge it all, and go back. Leaves after.img. */
UNUSED_OK static void add_and_judge(struct volume *v, const struct ntfs_new *news, size_t n,
				    const char *but)
{
	struct ntfs_written out, again;
	uint8_t *copy = malloc(v->len);
	memcpy(copy, v->bytes, v->len);
	expect_written(v, news, n, &out);
	assert_memory_equal(copy, v->bytes, v->len);
	expect_written(v, news, n, &again);
	assert_int_equal(out.sectors.n, again.sectors.n);
	put_sectors(copy, v->len, &out.sectors, true);
	for (size_t i = 0; i < again.sectors.n; i++)
		assert_memory_equal(again.sectors.items[i].new_bytes,
				    out.sectors.items[i].new_bytes, out.sectors.items[i].len);
	spill("before.img", v->bytes, v->len);
	spill("after.img", copy, v->len);
	judge_rest(but);
	judge_places(&out.places, news, n);
	put_sectors(copy, v->len, &out.sectors, false);
	assert_memory_equal(copy, v->bytes, v->len);
	free(copy);
}

#endif
