/* SPDX-License-Identifier: MIT */
/*
 * Shared by the install_*.c files only: the reader's state and the parts it is made of.
 */
#ifndef STOP7B_INSTALL_INTERNAL_H
#define STOP7B_INSTALL_INTERNAL_H

#include "stop7b/install.h"

#include "stop7b/list.h"

#define HIVE_BELOW_ROOT "\\System32\\config\\SYSTEM"

struct reader {
	const struct hive *hive;
	struct arena *arena;
	struct install *out;
};

/* Keep a sentence about what could not be read; what does not fit any more is dropped. */
void install_note(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * REG_SZ or REG_EXPAND_SZ below k; NULL when it is absent, damaged or empty. Only a lack of
 * memory is an error: -1 with E_MEMORY.
 */
int read_text(struct reader *r, struct key k, const char *name, const char **out, struct err *err);

/* The part of an indirect string ("@x.inf,%y%;Text") that can be shown; NULL if there is none. */
const char *direct_text(const char *text);

/* ---- install_sets.c: control sets and their services. Needs out->last_id. ---- */
int read_sets(struct reader *r, struct err *err);

/* ---- install_filters.c: filters of device classes. Needs the set's services. ---- */
int read_filters(struct reader *r, struct key set_key, struct control_set *set, struct err *err);

/*
 * The names of one filter list, as shape but for service and stored, onto the end of *filters.
 * 0, or 1 for a list that cannot be read, which becomes a note, or -1 with E_MEMORY.
 */
int read_filter_list(struct reader *r, struct key k, const struct class_filter *shape,
		     struct class_filter **filters, size_t *n, size_t *cap, struct err *err);

/* ---- install_head.c ---- */
/*
 * What the first bytes of a file say that is there: sets out->state to FILE_BAD, with the fault, when
 * no loader takes it. What cannot be read stays as it is.
 *   wanted  as pe_machine_name()
 * 0, or -1 with E_MEMORY.
 */
int judge_head(struct ntfs_file *f, const char *wanted, struct arena *arena,
	       struct driver_file *out, struct err *err);
/* The machine of a program file; NULL when that cannot be told. */
const char *machine_of_file(struct ntfs_file *f);

/* ---- install_path.c ---- */
/* As it is stored; NULL if none. */
const char *stored_image_path(const struct service *s);
/* What stands behind prefix in path, compared without case; NULL if path begins otherwise. */
const char *path_behind(const char *path, const char *prefix);

/* ---- install_policy.c: single values of a control set, and what runs before Windows ---- */
/* A REG_DWORD of the key at path below from. */
struct setting number_below(struct key from, const char *path, const char *name);
int read_policy(struct reader *r, struct key set_key, struct control_set *set, struct err *err);

/* ---- install_devices.c: filters of single devices, and Hyper-V's ACPI nodes ---- */
int read_device_filters(struct reader *r, struct key set_key, struct control_set *set,
			struct err *err);

/* ---- install_history.c: machines, setup state, sentences. Needs all the others. ---- */
int read_history(struct reader *r, struct err *err);

/* ---- install_machine.c: hardware configuration and controllers of the last machine ---- */
int read_machine(struct reader *r, struct err *err);     /* before the sets */
int read_controllers(struct reader *r, struct err *err); /* after boots_with is known */

/* ---- install_bindings.c: the device databases. Needs the sets. ---- */
int read_bindings(struct reader *r, struct err *err);

/* ---- install_version.c: release, build, architecture. Needs the sets. ---- */
int read_version(struct reader *r, struct err *err);

#endif
