/* SPDX-License-Identifier: MIT */
/*
 * bench_engine IMAGE: the budgets that only the inside can measure: a key to the grid that shows
 * its effect, what each step of a repair costs, and an apply of 40 values without flushing and
 * verification. IMAGE is changed, and put back by undo. Run by bench.sh; prints figures beside
 * what they should stay under.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "src/screen/app.h"

#define VALUES    40u
#define KEYS      400u
#define STAGED_AS 4u /* Start of a staged driver: disabled */

/* Processor time: what else runs on the machine is not the program's. */
static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int fail(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_engine: %s: %s\n", what, err->text);
	return EXIT_FAILURE;
}

/* ---- keys ---- */

/* Moving, over and over. */
static void measure_keys(struct app *app, const char *page, const char *way)
{
	static const char keys[] = "jjjj";
	double total = 0, worst = 0;
	for (const char *k = way; *k;)
		app_key(app, keycap_parse(&k));
	for (unsigned i = 0; i < KEYS; i++) {
		double from = now_ms();
		app_key(app, i % 8 == 7 ? K_PGDN : keys[i % 4]);
		grid_free(app_draw(app));
		double ms = now_ms() - from;
		total += ms;
		worst = ms > worst ? ms : worst;
	}
	printf("key to screen, %s: %.3f ms, at most %.3f (budget 5)\n", page, total / KEYS, worst);
}

static void open_app(struct app *app, const char *path)
{
	static const struct session_options plain;
	if (!app_init(app, path, &plain, 80, 24))
		exit(1);
	app->no_delay = true;
	app_open(app);
}

/* A repair from the first page to the last, and back, key by key. */
static void steps(const char *path)
{
	static const struct {
		const char *keys, *what;
	} way[] = {
		{"f", "fix"},
		{"u", "take back"},
		{"t", "targets"},
		{"<down> ", "another target"},
		{" <up><esc>", "without it"},
		{"f", "fix"},
		{"a", "review"},
		{"y", "write, verification included"},
		{"u", "review of the undo"},
		{"y", "undo, verification included"},
	};
	static struct app app;
	open_app(&app, path);
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		double from = now_ms();
		for (const char *k = way[i].keys; *k;)
			app_key(&app, keycap_parse(&k));
		grid_free(app_draw(&app));
		printf("%s: %.1f ms of CPU (budget 50; 250 where it writes)\n", way[i].what,
		       now_ms() - from);
	}
	app_end(&app);
}

static void keys(const char *path)
{
	static struct app app;
	open_app(&app, path);
	measure_keys(&app, "all drivers", "<tab><tab>");
	measure_keys(&app, "registry", "<enter>");
	app_end(&app);
}

/* ---- apply ---- */

static int no_flush(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

struct stopwatch {
	double began;       /* before what verification will demand was tried on the copies */
	double from, until; /* the lock is held; all is written and read back */
};

static void on_step(void *ctx, enum apply_step step, size_t done, size_t of)
{
	struct stopwatch *w = ctx;
	(void)done;
	(void)of;
	if (step == STEP_LOCKED)
		w->from = now_ms();
	if (step == STEP_READ_BACK)
		w->until = now_ms();
}

static size_t stage(struct session *s)
{
	const struct control_set *set = install_set(&s->chosen->install,
						    s->chosen->install.boots_with);
	size_t n = 0;
	for (size_t i = 0; set && i < set->n && n < VALUES; i++)
		n += session_stage_start(s, set->services[i].name, STAGED_AS, NULL) > 0;
	return n;
}

static int apply(const char *path)
{
	struct apply_calls calls = *apply_real_calls();
	const struct session_options options = {.calls = &calls};
	struct err err = {0};
	struct review review = {0};
	struct result result;
	struct stopwatch watch = {0};
	calls.flush = no_flush;
	struct session *s = session_open(path, &options, NULL, NULL, &err);
	if (!s)
		return fail(path, &err);
	size_t n = stage(s);
	int status = EXIT_FAILURE;
	if (session_review(s, &review, &err) < 0) {
		fail("review", &err);
		goto out;
	}
	watch.began = now_ms();
	if (session_apply(s, &review, on_step, &watch, &result, &err) < 0 ||
	    session_undo_written(s, NULL, NULL, &result, &err) < 0) {
		fail("apply", &err);
		goto out;
	}
	printf("apply of %zu values, fsync and verification apart: %.1f ms (budget 30)\n", n,
	       watch.until - watch.from);
	printf("the same with verification before, and undo with all its own: %.0f ms\n",
	       now_ms() - watch.began);
	status = EXIT_SUCCESS;
out:
	review_free(&review);
	session_close(s);
	return status;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: bench_engine IMAGE\n");
		return 2;
	}
	steps(argv[1]);
	keys(argv[1]);
	return apply(argv[1]);
}
