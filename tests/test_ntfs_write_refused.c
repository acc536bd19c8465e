/* SPDX-License-Identifier: MIT */
/*
 * What is refused, in words, with nothing written: states of the disk, names that are taken, files
 * that cannot be linked; and a child that lies, dies or does not end.
 */
#include "ntfs_write_test.h"

#include <errno.h>
#include <signal.h>

/* ---- states of the disk ---- */

static const struct {
	const char *size, *script; /* behind BASE_SCRIPT */
	const char *name, *existing;
	enum err_code code;
	const char *reason;
} cases[] = {
	{"16M", "log open\n", "new.sys", NULL, E_GUARD, "$LogFile was not cleanly closed"},
	{"16M", "log fast-restart\n", "new.sys", NULL, E_GUARD, "$LogFile was not cleanly closed"},
	{"16M", "dirty on\n", "new.sys", NULL, E_GUARD, "marked dirty"},
	{"16M", "text /hiberfil.sys hibr\n", "new.sys", NULL, E_GUARD, "Windows sleeps"},
	{"16M", "", "disk.sys", NULL, E_MAP, "disk.sys is there already"},
	{"16M", "", "DISK.SYS", NULL, E_MAP, "DISK.SYS is there already"},
	{"16M",
	 "text /Windows/System32/drivers/x.sys\nlink /Windows/System32/drivers/x.sys /x.sys\n",
	 "x.sys", NULL, E_MAP, "x.sys is there already"},
	{"16M", "dir /Windows/System32/drivers/x.sys\n", "x.sys", NULL, E_MAP,
	 "x.sys is there already"},
	{"16M", "", "a/b.sys", NULL, E_USAGE, "no name for a new file"},
	{"16M", "", "new.sys", "\\nothing.sys", E_NOTFOUND, "nothing.sys: no such file"},
	{"16M", "", "new.sys", "\\no\\nothing.sys", E_NOTFOUND, "no such file"},
	{"16M", "", "new.sys", "\\Windows", E_MAP, "no plain file"},
	{"16M", "", "new.sys", "\\$MFT", E_MAP, "no plain file"},
	{"16M", "dir /c\ncompress /c\nfill /c/x 90000 41\n", "new.sys", "\\c\\x", E_MAP,
	 "compressed"},
	{"16M", "fill /x 90000 41\nencrypted /x\n", "new.sys", "\\x", E_MAP, "encrypted"},
	{"16M", "sparse /x 90000\n", "new.sys", "\\x", E_MAP, "sparse"},
	{"16M", "wof /x 90000\n", "new.sys", "\\x", E_MAP, "plain file"},
	{"4M", "fill /full 1500000 41\n", "new.sys", NULL, E_GUARD, "no room"},
};

static void test_refused(void **state)
{
	static uint8_t content[2000000];
	(void)state;
	need_3g();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct volume v;
		char script[2048];
		struct ntfs_new new = cases[i].existing
					      ? new_link(cases[i].name, cases[i].existing)
					      : new_file(cases[i].name, content, sizeof(content));
		snprintf(script, sizeof(script), "%s%s", BASE_SCRIPT, cases[i].script);
		fill("v.img", cases[i].size, "", script);
		open_volume(&v, "v.img");
		expect_no_write(&v, &new, 1, cases[i].code, cases[i].reason);
		close_volume(&v);
	}
}

static void test_directories(void **state)
{
	static const uint8_t x[1];
	struct volume v;
	struct ntfs_new new = new_file("new.sys", x, 1), twice[2] = {new, new};
	(void)state;
	need_3g();
	fill("v.img", "16M", "",
	     "dir /plain\ntext /plain/a.sys x\nsecurity 101\ndir /Windows/System32\ndir "
	     "/Windows/j\n"
	     "reparse /Windows/j\ntext /Windows/a.sys x\n");
	open_volume(&v, "v.img");
	new.directory = "\\Windows\\j";
	expect_no_write(&v, &new, 1, E_GUARD, "j is a reparse point");
	new.directory = "\\Windows\\j\\x";
	expect_no_write(&v, &new, 1, E_GUARD, "j is a reparse point");
	new.directory = "\\Windows\\a.sys";
	expect_no_write(&v, &new, 1, E_MAP, "a.sys is a file");
	new.directory = "\\plain";
	expect_no_write(&v, &new, 1, E_GUARD, "security descriptor");
	new.directory = "\\plain\\made";
	new.make_directory = true;
	expect_no_write(&v, &new, 1, E_GUARD, "security descriptor");
	new.directory = "\\Windows\\1\\2\\3";
	expect_no_write(&v, &new, 1, E_NOTFOUND, "3: no such directory");
	expect_no_write(&v, &new, 0, E_USAGE, "0 names");
	twice[0].directory = twice[1].directory = "\\Windows";
	expect_no_write(&v, twice, 2, E_MAP, "new.sys is there already");
	close_volume(&v);
}

/* ---- a child that cannot be believed ---- */

enum lie {
	LIE_DIES,
	LIE_SILENT_END,
	LIE_NO_END,
	LIE_BAD_MESSAGE,
	LIE_ASKS_OUTSIDE,
	LIE_ASKS_HUGE,
	LIE_ASKS_ALWAYS,
	LIE_TOO_MANY,
	LIE_NOTHING,
	LIE_STOPS_SHORT,
	LIE_OLD_BYTES,
	LIE_SAME_BYTES,
	LIE_OUTSIDE_VOLUME,
	LIE_NOT_ALIGNED,
	LIE_BACKWARDS,
	LIE_BAD_REASON,
	LIE_OTHER_CONTENT,
	LIES
};

static const char *const lie_reasons[LIES] = {
	[LIE_DIES] = "without an answer (signal 11)",
	[LIE_SILENT_END] = "without an answer (signal 0)",
	[LIE_NO_END] = "took too long",
	[LIE_BAD_MESSAGE] = "a message that is none",
	[LIE_ASKS_OUTSIDE] = "outside of the volume",
	[LIE_ASKS_HUGE] = "outside of the volume",
	[LIE_ASKS_ALWAYS] = "does not stop asking",
	[LIE_TOO_MANY] = "more sectors",
	[LIE_NOTHING] = "or none",
	[LIE_STOPS_SHORT] = "without an answer",
	[LIE_OLD_BYTES] = "other old bytes",
	[LIE_SAME_BYTES] = "does not change",
	[LIE_OUTSIDE_VOLUME] = "outside of the volume",
	[LIE_NOT_ALIGNED] = "out of order",
	[LIE_BACKWARDS] = "out of order",
	[LIE_BAD_REASON] = "a reason that is none",
	[LIE_OTHER_CONTENT] = "is not there afterwards",
};

static enum lie the_lie; /* the child is this process's copy */

static void say(const struct ntfs_job *job, uint32_t kind, uint32_t len, uint64_t off)
{
	const struct ntfs_message m = {kind, len, off};
	ntfs_wire_put(job->out, &m, sizeof(m));
}

/* What it asks between the sectors of an answer is part of the answer: it asks before. */
static void tell(const struct ntfs_job *job, const uint64_t *at, size_t n)
{
	static uint8_t old[2][512], new[2][512];
	for (size_t i = 0; i < n; i++) {
		struct ntfs_message head;
		say(job, NTFS_ASK, 512, at[i] / 512 * 512 % (job->size - 512));
		ntfs_wire_get(job->in, &head, sizeof(head), 0);
		ntfs_wire_get(job->in, old[i], 512, 0);
		memcpy(new[i], old[i], 512);
		new[i][100] ^= the_lie != LIE_SAME_BYTES;
		old[i][200] ^= the_lie == LIE_OLD_BYTES;
	}
	say(job, NTFS_DONE, 512, n);
	for (size_t i = 0; i < n; i++) {
		ntfs_wire_put(job->out, &at[i], sizeof(at[i]));
		ntfs_wire_put(job->out, old[i], 512);
		ntfs_wire_put(job->out, new[i], 512);
	}
}

static void ask_for_ever(const struct ntfs_job *job)
{
	uint8_t buf[65536];
	struct ntfs_message head;
	for (;;) {
		say(job, NTFS_ASK, sizeof(buf), 0);
		if (ntfs_wire_get(job->in, &head, sizeof(head), 0) != 0 ||
		    ntfs_wire_get(job->in, buf, sizeof(buf), 0) != 0)
			return;
	}
}

static void liar(const struct ntfs_job *job)
{
	const uint64_t free_at[2] = {job->size / 2 / 512 * 512, 0};
	const uint64_t backwards[2] = {1024 * 1024, 512 * 1024}, beyond = job->size, odd = 5;
	switch (the_lie) {
	case LIE_DIES:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case LIE_NO_END:
		for (volatile unsigned i = 0;; i++)
			;
	case LIE_BAD_MESSAGE:
		say(job, 17, 0, 0);
		break;
	case LIE_ASKS_OUTSIDE:
		say(job, NTFS_ASK, 512, job->size - 511);
		break;
	case LIE_ASKS_HUGE:
		say(job, NTFS_ASK, UINT32_MAX, 0);
		break;
	case LIE_ASKS_ALWAYS:
		ask_for_ever(job);
		break;
	case LIE_TOO_MANY:
		say(job, NTFS_DONE, 512, UINT64_MAX);
		break;
	case LIE_NOTHING:
		say(job, NTFS_DONE, 512, 0);
		break;
	case LIE_STOPS_SHORT:
		say(job, NTFS_DONE, 512, 5);
		break;
	case LIE_BACKWARDS:
		tell(job, backwards, 2);
		break;
	case LIE_OUTSIDE_VOLUME:
		tell(job, &beyond, 1);
		break;
	case LIE_NOT_ALIGNED:
		tell(job, &odd, 1);
		break;
	case LIE_BAD_REASON:
		say(job, NTFS_FAILED, 5, 4711);
		break;
	case LIE_OLD_BYTES:
	case LIE_SAME_BYTES:
	case LIE_OTHER_CONTENT:
		tell(job, free_at, 1);
		break;
	default:
		break;
	}
}

static void test_liar(void **state)
{
	static const uint8_t x[1];
	struct volume v;
	struct ntfs_new new = new_file("new.sys", x, 1);
	struct ntfs_limits limits = ntfs_write_limits;
	struct ntfs_written out;
	(void)state;
	fill("v.img", "16M", "", BASE_SCRIPT);
	open_volume(&v, "v.img");
	uint8_t *copy = malloc(v.len);
	memcpy(copy, v.bytes, v.len);
	limits.confined = false; /* it may raise signals */
	limits.processor_s = 1;
	limits.questions = 1000;
	for (the_lie = 0; the_lie < LIES; the_lie++) {
		struct err err = {0};
		assert_int_equal(ntfs_write_by(v.ntfs, &new, 1, liar, &limits, v.arena, &out, &err),
				 -1);
		if (err.code != E_MAP || !strstr(err.text, lie_reasons[the_lie]))
			fail_msg("lie %d: %s: %s", the_lie, err_name(err.code), err.text);
		assert_int_equal(out.sectors.n, 0);
		assert_memory_equal(copy, v.bytes, v.len);
	}
	free(copy);
	close_volume(&v);
}

/* What it may not do at all. */
static void open_something(const struct ntfs_job *job)
{
	FILE *f = fopen("/etc/passwd", "r");
	say(job, NTFS_FAILED, f ? 1u : 2u, NTFS_STAGE_OPEN);
}

static void fork_something(const struct ntfs_job *job)
{
	fork();
	say(job, NTFS_FAILED, 1, NTFS_STAGE_OPEN);
}

static void take_memory(const struct ntfs_job *job)
{
	void *p = malloc((size_t)3 << 30);
	say(job, NTFS_FAILED, p ? EBUSY : ENOMEM, NTFS_STAGE_OPEN);
	free(p);
}

static void expect_child(struct volume *v, ntfs_child *child, enum err_code code,
			 const char *reason)
{
	static const uint8_t x[1];
	struct ntfs_new new = new_file("new.sys", x, 1);
	struct ntfs_written out;
	struct err err = {0};
	assert_int_equal(
		ntfs_write_by(v->ntfs, &new, 1, child, &ntfs_write_limits, v->arena, &out, &err),
		-1);
	if (err.code != code || !strstr(err.text, reason))
		fail_msg("%s: %s", err_name(err.code), err.text);
}

static void test_confined(void **state)
{
	const char *preload = getenv("LD_PRELOAD");
	struct volume v;
	(void)state;
	if (!ntfs_write_limits.confined || (preload && strstr(preload, "vgpreload")))
		skip();
	fill("v.img", "16M", "", BASE_SCRIPT);
	open_volume(&v, "v.img");
	expect_child(&v, take_memory, E_MEMORY, "no memory");
	if (!ntfs_child_filtered) {
		print_message("built without libseccomp\n");
		skip();
	}
	expect_child(&v, open_something, E_MAP, "signal 31");
	expect_child(&v, fork_something, E_MAP, "signal 31");
	close_volume(&v);
}

/* A parent that cannot read says so, and why. */
static int read_nothing(void *context, uint64_t off, void *buf, size_t len, struct err *err)
{
	(void)context;
	(void)off;
	(void)buf;
	(void)len;
	return err_set(err, E_IO, "the disk is gone");
}

static void test_read_error(void **state)
{
	struct volume v;
	struct arena *arena = arena_new();
	struct ntfs_plan plan = {.arena = arena};
	struct write_list sectors = {.arena = arena};
	(void)state;
	need_3g();
	fill("v.img", "16M", "", BASE_SCRIPT);
	open_volume(&v, "v.img");
	struct ntfs_bytes bytes = ntfs_bytes(v.ntfs);
	bytes.read = read_nothing;
	assert_int_equal(ntfs_child_run(&bytes, &plan, ntfs_write_child, &ntfs_write_limits,
					&sectors, &v.err),
			 -1);
	assert_int_equal(v.err.code, E_IO);
	assert_string_equal(v.err.text, "the disk is gone");
	arena_free(arena);
	close_volume(&v);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
	const struct CMUnitTest tests[] = {
		T(test_refused),  T(test_directories), T(test_liar),
		T(test_confined), T(test_read_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
