/* SPDX-License-Identifier: MIT */
/*
 * Inside the command line only: what the commands share, and the commands themselves.
 */
#ifndef STOP7B_CLI_INTERNAL_H
#define STOP7B_CLI_INTERNAL_H

#include <jansson.h>

#include "cli_table.h"
#include "stop7b/cli.h"
#include "stop7b/i18n.h"
#include "stop7b/words.h"

struct cli_list {
	const char **items;
	size_t n;
};

/* What was asked for, after the options were taken out. */
struct cli {
	struct session_options session;
	struct cli_list targets, only, allow, drivers; /* the session's */
	enum color_when color;
	const struct cli_screen *screen;
	struct arena *arena;
	FILE *out, *err; /* results; complaints */
	const struct cli_command *command;
	const char *command_word; /* its name as it was given; NULL: the screen */
	char *const *argv;        /* the whole call */
	int argc;
	const char *const *words; /* operands after the command's name */
	size_t n;
	bool json, yes, list, undo, finish, all, summary, brief;
	bool interrupted; /* an image that was opened waits for recover */
	const char *hive; /* --hive N:\PATH */
	const char *file; /* --file X.reg */
	bool export_text; /* reg --export */
	/* plan */
	const char *vhd, *store, *output, *listing;
	unsigned format; /* plan_format_choice() names it */
	struct cli_list bcd, entries;
	bool add;
	unsigned page_format; /* of the report; REPORT_FORMATS: not given */
	const char *keys;     /* --keys, for tests */
	int width, height;    /* --screen WxH, for tests; 0: none */
};

/* Print "stop7b: text" and the hint; returns the exit status of the code. */
int cli_fail(const struct cli *cli, const struct err *err);
/* A usage error in words; returns 2. */
int cli_usage(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A key as people paste it, "HKLM\SYSTEM\Setup" or "\Setup", from the hive's root. */
const char *cli_key(const char *text);

/* A word of the call, escaped for showing. */
const char *cli_shown(const struct cli *cli, const char *word);

/* Open the image named by an operand; NULL after the failure was printed, with its status. */
struct session *cli_open(struct cli *cli, const char *path, int *status);
/* The same, and a Windows must be chosen. */
/* Say that no Windows of it can be worked on, and close it. NULL. */
struct session *cli_none_chosen(const struct cli *cli, struct session *s, int *status);
struct session *cli_open_windows(struct cli *cli, const char *path, int *status);

/* Why there is none chosen: why_no_windows(), also that several were found, or that the image is damaged. */
void cli_not_chosen(const struct session *s, struct err *err);
/* Say first of all that an interrupted apply waits, if one does, or a record that is of no use. */
void cli_tell_record(struct cli *cli, const struct session *s);
/* 6 when an interrupted apply waits, whatever else the status would be. s may be NULL. */
int cli_status(const struct session *s, int status);

/* "N:\PATH" or "N": partition number and path ("" when there is none). -1 with E_USAGE. */
int cli_place(const char *text, unsigned *partition, const char **path, struct err *err);

/* A file of this machine, whole, in the call's arena. 0, or -1 with E_OPEN, E_IO, E_UNSUPPORTED. */
int cli_read_file(struct arena *arena, const char *path, uint64_t limit, struct span *out,
		  struct err *err);

/* One JSON value on one line, then freed. */
void cli_json(const struct cli *cli, json_t *value);

/* ---- cli_dry.c: fix, set, undo and recover without --yes; nothing with it or with --json ---- */

/* what: "These changes would be written ...:" */
void cli_dry_begins(const struct cli *cli, const char *what);
/*
 * how: "To write these 3 changes"
 * g    the guard that forbids writing, or NULL
 */
void cli_dry_ends(const struct cli *cli, const char *how, const struct guard *g);

/* ---- cli_review.c, cli_fix.c ---- */

/* What was recovered from the hive's logs, and what was not; nothing when nothing was. */
void cli_print_recovery(const struct cli *cli, FILE *to, const struct hive_file *f);
void cli_print_review(const struct cli *cli, const struct session *s, const struct review *r);
/* An apply_progress; ctx is the struct cli. Prints nothing with --json. */
void cli_print_step(void *ctx, enum apply_step step, size_t done, size_t of);
/* 0, or the printed status of an interrupted apply that waits. */
int cli_refuse_interrupted(struct cli *cli, struct session *s);
/*
 * Review what is staged and, with --yes, write it. Returns the exit status; mends: 1 when the verdict
 * is not good afterwards.
 */
int cli_change(struct cli *cli, struct session *s, const char *schema, bool mends);

/* ---- cli_check.c, cli_summary.c ---- */

/* Why no Windows of it reads: 0, or its exit status with err. */
int check_found(const struct session *s, struct err *err);
/* An old Windows beside another one is shown and does not count. */
bool check_counts(const struct session *s, const struct windows *w);
struct check_sum {
	enum verdict verdict; /* the worst; a Windows that cannot be read is not known */
	size_t findings;      /* that are more than notes */
};
/* Choose each Windows that counts, and take the worst of status and their verdicts. */
int check_judge_all(struct session *s, int status, struct check_sum *sum);
int check_summary(struct cli *cli);

/* ---- json.c: doc/JSON.md ---- */

json_t *json_text(const char *s); /* null for NULL */
json_t *json_texts(const char *const *texts, size_t n);
json_t *json_saids(const struct said *saids, size_t n); /* the plain ones */
json_t *json_error(const struct err *err);
/* The whole check object; s may be NULL when the image could not be opened. */
json_t *json_check(struct session *s, const char *path, const struct err *err, int status,
		   struct arena *arena);
/* The same in brief, in json_brief.c: may choose another Windows of the session. */
json_t *json_check_brief(struct session *s, const char *path, const struct err *err, int status,
			 struct arena *arena);
json_t *json_partitions(struct session *s);
json_t *json_review(const struct review *r);
json_t *json_recovery(const struct hive_file *f); /* null for one that was not recovered */
json_t *json_guards(const struct hive_file *f);
struct rehearsal;
/* The boot object, in json_boot.c; s may be NULL, err NULL when nothing failed. */
json_t *json_boot(const struct session *s, const char *path, const struct rehearsal *runs, size_t n,
		  const struct err *err, int status);

/* ---- json_bcd.c: a boot store, schema "stop7b.bcd/1" ---- */

struct bcd_store;
json_t *json_bcd(const char *name, const struct bcd_store *store);

/* ---- commands ---- */

/* The actions of first aid, then NULL; in cli_aid.c. */
const char *aid_choice(size_t i);
/* "cmd", "md", "json", then NULL; in cli_plan.c. */
const char *plan_format_choice(size_t i);

int run_screen(struct cli *cli);
int run_check(struct cli *cli);
int run_targets(struct cli *cli);
int run_boot(struct cli *cli);
int run_drivers(struct cli *cli);
int run_explain(struct cli *cli);
int run_diff(struct cli *cli);
int run_fix(struct cli *cli);
int run_report(struct cli *cli);
int run_set(struct cli *cli);
int run_aid(struct cli *cli);
int run_undo(struct cli *cli);
int run_recover(struct cli *cli);
int run_plan(struct cli *cli);
int run_bcd(struct cli *cli);
int run_ls(struct cli *cli);
int run_cat(struct cli *cli);
int run_reg(struct cli *cli);

#endif
