/* SPDX-License-Identifier: MIT */
/*
 * An .inf file: sections, lines and their fields, and what they say of models, installation and
 * services. Only for inf_*.c and package_*.c.
 *
 * The bytes are hostile. Everything is bounded by the limits below, and what is read stays UTF-8 as
 * it is stored: who shows it escapes it (text_utf8()). Names are compared without case.
 * Source: "INF Manifest Section and Directives Reference", Microsoft Learn; doc/FORMATS/packages.md.
 */
#ifndef STOP7B_INF_H
#define STOP7B_INF_H

#include "stop7b/package.h"

#define INF_BYTES_MAX  (4u * 1024 * 1024)  /* of the file; graphics drivers come near 2 MiB */
#define INF_TEXT_MAX   (16u * 1024 * 1024) /* of all fields once %Strings% are put in */
#define INF_FIELDS_MAX 4096u               /* of one line; a long binary value has hundreds */
#define INF_LINES_MAX  200000u
#define INF_MODELS_MAX 20000u /* that one file may offer to one Windows */
#define INF_FOLLOW_MAX 256u   /* sections that one directive may name */
#define INF_STEPS_MAX  4096u  /* lines of all sections that one directive may name */
#define INF_VALUES_MAX 1024u  /* registry values of one service */

struct inf_line {
	const char *key;     /* in front of '='; NULL where the line has none */
	const char **fields; /* between the commas, quotes taken off, %Strings% put in */
	size_t n;
	unsigned number; /* line of the file, from 1 */
};

struct inf_section {
	const char *name; /* as it is spelled first */
	struct inf_line *lines;
	size_t n;
};

struct inf {
	struct inf_section *sections; /* each name once, sorted without case */
	size_t n;
};

/*
 * Read a whole file; everything in out lives in arena. 0, or -1 with err: E_UNSUPPORTED (beyond a
 * limit), E_CORRUPT (no text; a line in front of the first section), E_MEMORY.
 */
int inf_read(struct span file, struct arena *arena, struct inf *out, struct err *err);

/*
 * UTF-8 of a text file: UTF-16 with or without its mark, UTF-8, else the bytes of Windows' western
 * code page. 0, or -1 with err: E_CORRUPT (a NUL in it), E_MEMORY.
 */
int inf_text(struct span file, struct arena *arena, struct span *out, struct err *err);

/* Put %Strings% in, in inf_strings.c: part of inf_read(). -1 with err: E_UNSUPPORTED, E_MEMORY. */
int inf_put_strings(struct inf *inf, struct arena *arena, struct err *err);

/* By name without case; NULL where there is none, or name is NULL. */
const struct inf_section *inf_section(const struct inf *inf, const char *name);
/* The first line with that key at or behind line *at of it; NULL when none. s may be NULL. */
const struct inf_line *inf_next(const struct inf_section *s, const char *key, size_t *at);
/* Field i of a line, "" where there is none. */
const char *inf_field(const struct inf_line *line, size_t i);
/* The first field of the first line with that key; NULL when there is no such line. */
const char *inf_value(const struct inf_section *s, const char *key);
/* A number, decimal, negative or 0x; false when it is none. */
bool inf_number(const char *text, uint32_t *out);

/* ---- inf_models.c: which lines count for one Windows ---- */

struct inf_windows {
	unsigned major, minor, build; /* build 0: not known */
	const char *architecture;     /* "x86" | "x64" | "arm64" */
	bool server, product_known;   /* whether it is a server, as far as that is known */
};

/* As decorations spell it: "amd64"; NULL for an architecture that none names. */
const char *inf_architecture(const char *architecture);

/*
 * Whether a decoration of [Manufacturer] ("NTamd64.10.0...16299") is for this Windows; *rank is the
 * greater the closer it fits.
 */
bool inf_decoration(const char *decoration, const struct inf_windows *w, uint64_t *rank);

struct inf_model {
	const char *description; /* "Red Hat VirtIO SCSI controller" */
	const char *install;     /* install section, without a decoration */
	const char **ids;        /* the hardware id, then those that it is compatible with */
	size_t n;
	unsigned number; /* line of the file */
};

/*
 * The models that Windows would choose from, in the order of the file. 0 also when there are none;
 * then *why says what stands in the way ("for x86 only"). -1 with err: E_UNSUPPORTED, E_MEMORY.
 */
int inf_models(const struct inf *inf, const struct inf_windows *w, struct arena *arena,
	       struct inf_model **out, size_t *n, struct said *why, struct err *err);

/*
 * The section of that name with the decoration that fits best: ".NTamd64", ".NT", none. NULL when
 * there is none of them.
 */
const struct inf_section *inf_decorated(const struct inf *inf, const char *name,
					const struct inf_windows *w, struct arena *arena,
					struct err *err);

/* ---- inf_install.c: what an install section does ---- */

enum inf_dirid {
	DIR_SOURCE = 1,
	DIR_WINDOWS = 10,
	DIR_SYSTEM = 11,
	DIR_DRIVERS = 12,
	DIR_STORE = 13
};

struct inf_service {
	const char *name; /* of the key; NULL where the device needs none */
	uint32_t type, start, error_control;
	const char *group;  /* NULL: none */
	unsigned dirid;     /* of its file: DIR_DRIVERS or DIR_STORE */
	const char *file;   /* "viostor.sys", below that directory */
	const char *source; /* the same inside the package: "amd64/viostor.sys" */
	struct package_value *values;
	size_t n_values;
};

struct inf_install {
	const char *section; /* as it stands in the file: "viostor_inst.NTamd64" */
	uint8_t feature_score;
	struct inf_service service; /* the one of flag 2 */
	struct said *left;          /* what is left to Windows, in words */
	size_t n_left;
	struct said refused; /* plain NULL unless something is not understood that matters */
};

/*
 * Follow an install section to the driver of its device. 0, with out->refused where it cannot be
 * installed; -1 with err: E_MEMORY, E_UNSUPPORTED.
 */
int inf_install(const struct inf *inf, const char *name, const struct inf_windows *w,
		struct arena *arena, struct inf_install *out, struct err *err);

/* A name that may become a key or a file: printable ASCII without \ / : * ? " < > |. */
bool inf_plain_name(const char *name);

/*
 * In inf_source.c: the path inside the package of a file, '/' between folders; *out NULL when it leads
 * out of the package. 0, or -1 with E_MEMORY.
 */
int inf_source(const struct inf *inf, const struct inf_windows *w, const char *name,
	       struct arena *arena, const char **out, struct err *err);

/*
 * The same file's place in Windows, of "%12%\x.sys" and its longer spellings: DIR_DRIVERS or
 * DIR_STORE, and the name below. False for any other place.
 */
bool inf_binary(const char *binary, unsigned *dirid, const char **file);

/* ---- inf_values.c: AddReg ---- */

/* SKIPPED: it does nothing to a key that is new, or would park the driver; ELSEWHERE: another place of the registry. */
enum inf_reg_kind { INF_REG_TAKEN, INF_REG_SKIPPED, INF_REG_ELSEWHERE, INF_REG_NOT_UNDERSTOOD };

/* One line of an AddReg section as a value below the key of service. 0, or -1 with E_MEMORY. */
int inf_reg_read(const struct inf_line *line, const char *service, struct arena *arena,
		 enum inf_reg_kind *kind, struct package_value *out, struct err *err);

#endif
