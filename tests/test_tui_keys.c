/* SPDX-License-Identifier: MIT */
/*
 * The program on a pseudo terminal: what arrives as bytes must not become a command by accident.
 * Pasted text, the keypad's 9 in application mode, a sequence split by a slow line, a y that was
 * typed too early, and the signals.
 */
#include "stop7b/tui.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "test.h"

#define IMAGE    "win7-mbr-dynamic.vhd"
#define LOOK_MS  400   /* at least this long on the review page, then y counts */
#define QUIET_MS 250   /* no output for this long after a key was taken: the screen is drawn */
#define LIMIT_MS 60000 /* what is waited for comes by then on the slowest machine, or never */

static char scratch[TEST_PATH];
static const char *images;

struct terminal {
	pid_t pid;
	int fd, inside; /* the terminal's two ends; the inside is the program's */
	char *text;     /* everything that was sent to the terminal */
	size_t len;
};

static void run_child(const char *term)
{
	static const struct session_options options;
	setenv("TERM", term, 1);
	setlocale(LC_ALL, "C.UTF-8");
	_exit(tui_run(IMAGE, &options, COLOR_NEVER) & 0xff);
}

/* Read once what the program sends. False when nothing comes for wait_ms, or ever again. */
static bool hear(struct terminal *t, int wait_ms)
{
	char buf[4096];
	struct pollfd fd = {.fd = t->fd, .events = POLLIN};
	if (poll(&fd, 1, wait_ms) <= 0)
		return false;
	ssize_t n = read(t->fd, buf, sizeof(buf));
	if (n <= 0)
		return false;
	t->text = realloc(t->text, t->len + (size_t)n + 1);
	memcpy(t->text + t->len, buf, (size_t)n);
	t->len += (size_t)n;
	t->text[t->len] = '\0';
	return true;
}

static void until_quiet(struct terminal *t)
{
	while (hear(t, QUIET_MS))
		;
}

/* Wait until the program has sent this text. */
static void shows(struct terminal *t, const char *text)
{
	while (!strstr(t->text, text))
		if (!hear(t, LIMIT_MS))
			fail_msg("never seen: %s", text);
	until_quiet(t);
}

static void start(struct terminal *t, const char *term)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	*t = (struct terminal){.text = calloc(1, 1)};
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (t->pid == 0)
		run_child(term);
	t->inside = open(ptsname(t->fd), O_RDWR | O_NOCTTY);
	assert_true(t->inside >= 0);
	shows(t, "[Problems");
}

static bool runs(const struct terminal *t)
{
	siginfo_t info = {0};
	waitid(P_PID, (id_t)t->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	return info.si_pid == 0;
}

/* Send bytes; wait until the program has taken them and drawn what it had to. */
static void type(struct terminal *t, const char *bytes)
{
	int left = 1;
	assert_int_equal(write(t->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	while (left > 0 && runs(t)) {
		hear(t, 10);
		assert_int_equal(ioctl(t->inside, FIONREAD, &left), 0);
	}
	until_quiet(t);
}

static void forget(struct terminal *t)
{
	t->len = 0;
	t->text[0] = '\0';
}

static int finish(struct terminal *t)
{
	int status;
	close(t->inside);
	while (hear(t, LIMIT_MS))
		;
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	close(t->fd);
	free(t->text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void pause_ms(long ms)
{
	const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&wait, NULL);
}

static void fresh_image(void)
{
	char from[TEST_PATH];
	size_t len;
	snprintf(from, sizeof(from), "%s/%s", images, IMAGE);
	uint8_t *bytes = test_read(from, &len);
	test_write(IMAGE, bytes, len);
	free(bytes);
	remove(IMAGE ".stop7b-undo");
}

static bool written(void)
{
	return access(IMAGE ".stop7b-undo", F_OK) == 0;
}

static bool begin(struct terminal *t, const char *term)
{
	if (!images)
		return false;
	fresh_image();
	start(t, term);
	return true;
}

/* ---- tests ---- */

/* To the review page, and on until y counts there. */
static void review(struct terminal *t)
{
	type(t, "f");
	shows(t, "Staged");
	forget(t);
	type(t, "a");
	shows(t, "Write");
	pause_ms(LOOK_MS);
	forget(t);
}

static void test_f_a_y_q(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	review(&t);
	type(&t, "y");
	shows(&t, "FIXED");
	assert_true(written());
	type(&t, "q");
	assert_int_equal(finish(&t), 0);
}

static void test_typed_ahead_y_is_dropped(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "fay"); /* one burst, as a paste without brackets */
	shows(&t, "Write");
	assert_false(written());
	forget(&t);
	type(&t, "\033");
	shows(&t, "[Problems");
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
	assert_false(written());
}

static void test_paste_is_dropped(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	review(&t);
	type(&t, "\033[200~yes y y\033[201~");
	shows(&t, "Pasted");
	assert_false(written());
	forget(&t);
	type(&t, "\033");
	shows(&t, "[Problems");
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
}

static void test_keypad_nine(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	review(&t);
	type(&t, "\033Oy"); /* nobody's key: it leaves the page */
	shows(&t, "Unknown");
	assert_false(written());
	forget(&t);
	type(&t, "a");
	shows(&t, "Write");
	pause_ms(LOOK_MS);
	forget(&t);
	/* The same, cut in the middle by a slow line: the page is left before its y comes. */
	type(&t, "\033O");
	shows(&t, "Unknown");
	type(&t, "y");
	assert_false(written());
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
	assert_false(written());
}

static void test_split_delete_stages_nothing(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	forget(&t);
	type(&t, "\033");
	type(&t, "[3~");
	type(&t, "\033Xq"); /* nobody's key: its q does not quit */
	shows(&t, "Unknown");
	type(&t, "q"); /* would ask first if anything were staged */
	assert_int_equal(finish(&t), 0);
	assert_false(written());
}

static void test_idle_is_silent(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	assert_in_range(t.len, 1, 2500);
	forget(&t);
	assert_false(hear(&t, 700));
	type(&t, "\033OB");
	assert_in_range(t.len, 1, 500);
	type(&t, "q");
	assert_int_equal(finish(&t), 0);
}

static void test_signals(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct terminal t;
		if (!begin(&t, "xterm-256color"))
			skip();
		type(&t, "f");
		shows(&t, "Staged");
		forget(&t);
		kill(t.pid, signals[i]);
		shows(&t, "\033[?2004l");
		shows(&t, "nothing was written");
		assert_int_equal(finish(&t), 128 + signals[i]);
		assert_false(written());
	}
}

static void test_control_c_is_a_key(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "f");
	shows(&t, "Staged");
	type(&t, "\003");
	shows(&t, "discards");
	type(&t, "\003");
	assert_int_equal(finish(&t), 0);
}

static void test_unknown_terminals(void **state)
{
	static const char *const terms[] = {"xterm-kitty-of-nobody", "", "vt100"};
	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct terminal t;
		if (!begin(&t, terms[i]))
			skip();
		type(&t, "q");
		assert_int_equal(finish(&t), 0);
	}
}

/* First, last and pages, as PuTTY and the Linux console send them, whatever TERM says. */
static void test_movers_of_every_terminal(void **state)
{
	static const char *const terms[] = {"xterm", "xterm-256color", "vt100",
					    "linux", "screen",         "tmux"};
	static const struct {
		const char *bytes, *seen;
	} steps[] = {{"\033[4~", "ws2ifsl"},
		     {"\033[1~", ".NET CLR Data"},
		     {"\033[6~", "loaded after"},
		     {"\033[5~", ".NET CLR Data"},
		     {"\033OF", "ws2ifsl"},
		     {"\033[H", ".NET CLR Data"},
		     {"G", "ws2ifsl"},
		     {"g", ".NET CLR Data"},
		     {"\006", "loaded after"},
		     {"\002", ".NET CLR Data"}};
	const size_t n = sizeof(steps) / sizeof(steps[0]), of_every = 6;
	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct terminal t;
		if (!begin(&t, terms[i]))
			skip();
		type(&t, "\t\t");
		for (size_t k = 0; k < (i == 0 ? n : of_every); k++) {
			forget(&t);
			type(&t, steps[k].bytes);
			shows(&t, steps[k].seen);
		}
		type(&t, "q");
		assert_int_equal(finish(&t), 0);
	}
}

static void test_resize(void **state)
{
	(void)state;
	struct terminal t;
	struct winsize small = {.ws_row = 8, .ws_col = 32}, size = {.ws_row = 24, .ws_col = 80};
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "f");
	shows(&t, "Staged");
	ioctl(t.fd, TIOCSWINSZ, &small);
	shows(&t, "32x8");
	forget(&t);
	ioctl(t.fd, TIOCSWINSZ, &size);
	shows(&t, "3 staged");
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
}

static int enter_scratch(void **state)
{
	(void)state;
	images = getenv("S7B_IMAGES");
	unsetenv("NO_COLOR");
	test_scratch(scratch);
	return chdir(scratch);
}

static int leave_scratch(void **state)
{
	(void)state;
	if (chdir("/") < 0)
		return -1;
	test_scratch_remove(scratch);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_f_a_y_q),
		cmocka_unit_test(test_typed_ahead_y_is_dropped),
		cmocka_unit_test(test_paste_is_dropped),
		cmocka_unit_test(test_keypad_nine),
		cmocka_unit_test(test_split_delete_stages_nothing),
		cmocka_unit_test(test_idle_is_silent),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_control_c_is_a_key),
		cmocka_unit_test(test_unknown_terminals),
		cmocka_unit_test(test_movers_of_every_terminal),
		cmocka_unit_test(test_resize),
	};
	return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
