/* SPDX-License-Identifier: MIT */
/*
 * The program on a pseudo terminal: what arrives as bytes must not become a command by accident.
 * Pasted text, the keypad's 9 in application mode, a sequence split by a slow line, a y that was
 * typed too early, and the signals.
 */
#include "stop7b/tui.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "test.h"

#define IMAGE    "win7-mbr-dynamic.vhd"
#define QUIET_MS 250  /* no output for this long: the screen is drawn */
#define START_MS 8000 /* the first picture must come by then (sanitizers and valgrind are slow) */

static char scratch[TEST_PATH];
static const char *images;

struct terminal {
	pid_t pid;
	int fd;
	char *text; /* everything that was sent to the terminal */
	size_t len;
};

static void run_child(const char *term)
{
	static const struct session_options options;
	setenv("TERM", term, 1);
	setlocale(LC_ALL, "C.UTF-8");
	_exit(tui_run(IMAGE, &options, COLOR_NEVER) & 0xff);
}

/* Read until nothing came for a while; wait_ms for the first bytes. */
static void settle(struct terminal *t, int wait_ms)
{
	char buf[4096];
	struct pollfd fd = {.fd = t->fd, .events = POLLIN};
	while (poll(&fd, 1, wait_ms) > 0) {
		ssize_t n = read(t->fd, buf, sizeof(buf));
		if (n <= 0)
			return;
		t->text = realloc(t->text, t->len + (size_t)n + 1);
		memcpy(t->text + t->len, buf, (size_t)n);
		t->len += (size_t)n;
		t->text[t->len] = '\0';
		wait_ms = QUIET_MS;
	}
}

static void start(struct terminal *t, const char *term)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	*t = (struct terminal){.text = calloc(1, 1)};
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (t->pid == 0)
		run_child(term);
	settle(t, START_MS);
	assert_non_null(strstr(t->text, "stop7b"));
}

static void type(struct terminal *t, const char *bytes)
{
	assert_int_equal(write(t->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	settle(t, 400);
}

static void forget(struct terminal *t)
{
	t->len = 0;
	t->text[0] = '\0';
}

static int finish(struct terminal *t)
{
	int status;
	settle(t, 2000);
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

static void test_f_a_y_q(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "f");
	type(&t, "a");
	pause_ms(400);
	type(&t, "y");
	settle(&t, 3000);
	assert_true(written());
	assert_non_null(strstr(t.text, "FIXED"));
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
	pause_ms(400);
	settle(&t, QUIET_MS);
	assert_false(written());
	type(&t, "\033");
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
}

static void test_paste_is_dropped(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "f");
	type(&t, "a");
	pause_ms(400);
	forget(&t);
	type(&t, "\033[200~yes y y\033[201~");
	settle(&t, QUIET_MS);
	assert_false(written());
	assert_non_null(strstr(t.text, "Pasted"));
	type(&t, "\033");
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
}

static void test_keypad_nine(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	type(&t, "f");
	type(&t, "a");
	pause_ms(400);
	forget(&t);
	type(&t, "\033Oy");
	settle(&t, QUIET_MS);
	assert_false(written());
	assert_non_null(strstr(t.text, "Unknown"));
	type(&t, "a");
	pause_ms(400);
	/* The same, cut in the middle by a slow line: esc leaves the page before its y comes. */
	type(&t, "\033O");
	pause_ms(200);
	type(&t, "y");
	settle(&t, QUIET_MS);
	assert_false(written());
	type(&t, "qq");
	assert_int_equal(finish(&t), 0);
}

static void test_split_delete_stages_nothing(void **state)
{
	(void)state;
	struct terminal t;
	if (!begin(&t, "xterm-256color"))
		skip();
	forget(&t);
	type(&t, "\033");
	pause_ms(150);
	type(&t, "[3~");
	type(&t, "\033Xq"); /* nobody's key: its q does not quit */
	assert_non_null(strstr(t.text, "Unknown"));
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
	settle(&t, 700);
	assert_int_equal(t.len, 0);
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
		forget(&t);
		kill(t.pid, signals[i]);
		settle(&t, 2000);
		assert_non_null(strstr(t.text, "\033[?2004l"));
		assert_non_null(strstr(t.text, "nothing was written"));
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
	forget(&t);
	type(&t, "\003");
	assert_non_null(strstr(t.text, "discards"));
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
		assert_non_null(strstr(t.text, "EXPECTED"));
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
	forget(&t);
	ioctl(t.fd, TIOCSWINSZ, &small);
	settle(&t, 1000);
	assert_non_null(strstr(t.text, "32x8"));
	forget(&t);
	ioctl(t.fd, TIOCSWINSZ, &size);
	settle(&t, 1000);
	assert_non_null(strstr(t.text, "3 staged"));
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
		cmocka_unit_test(test_resize),
	};
	return cmocka_run_group_tests(tests, enter_scratch, leave_scratch);
}
