/* SPDX-License-Identifier: MIT */
/*
 * From an install section to the driver of its device: the one service of flag 2, its values, and
 * the one file that this service is.
 *
 * Everything else that the section does (other services, files of other directories, registry
 * values of the device) is named and left to Windows. What this service itself needs and is not
 * understood is refused by name: a driver that is half installed would not start either.
 * Source: "INF DDInstall Section", "INF DDInstall.Services Section", "INF AddService Directive",
 * Microsoft Learn.
 */
#include "inf.h"

#include <string.h>

#include "stop7b/list.h"

#define FLAG_OF_DEVICE 2u /* AddService: the driver of the device itself */
#define KERNEL_DRIVER  1u

struct installing {
	const struct inf *inf;
	const struct inf_windows *w;
	struct arena *arena;
	struct inf_install *out;
	const struct inf_section *section; /* install section as it stands in the file */
	size_t cap_left, cap_values;
	struct err *err;
};

/* ---- what is said ---- */

static const char *shown(struct installing *in, const char *text)
{
	const char *escaped = text_utf8(in->arena, text);
	return escaped ? escaped : "?";
}

/* The first reason counts. Returns 0, as it is no failure to read the file. */
static int refuse(struct installing *in, struct said why)
{
	if (!in->out->refused.plain)
		in->out->refused = why;
	return why.plain ? 0 : no_memory(in->err);
}

static int leave(struct installing *in, struct said what)
{
	struct inf_install *out = in->out;
	for (size_t i = 0; i < out->n_left && what.plain; i++)
		if (strcmp(out->left[i].plain, what.plain) == 0)
			return 0;
	if (out->n_left == INF_FOLLOW_MAX)
		return 0;
	out->left = list_grow(in->arena, out->left, out->n_left, &in->cap_left, sizeof(*out->left),
			      in->err);
	if (!out->left || !what.plain)
		return no_memory(in->err);
	out->left[out->n_left++] = what;
	return 0;
}

/* ---- directives that bring other sections in ---- */

/* Include and Needs would bring in what this program does not read. */
static int check_needs(struct installing *in, const struct inf_section *s)
{
	static const char *const directives[] = {"Needs", "Include"};
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		const char *value = inf_value(s, directives[i]);
		if (value &&
		    refuse(in, said_make(in->arena, "[%s] has %s=%s, which is not followed",
					 shown(in, s->name), directives[i], shown(in, value))) < 0)
			return -1;
	}
	return 0;
}

/* The section of this install section with that ending. */
static const struct inf_section *sister(struct installing *in, const char *ending)
{
	const char *name = arena_printf(in->arena, "%s.%s", in->section->name, ending);
	if (!name)
		no_memory(in->err);
	return inf_section(in->inf, name);
}

/* Call look for every line of the sections that a directive of s names. */
typedef int line_look(struct installing *in, const struct inf_line *line, void *ctx);

static int each_line(struct installing *in, const struct inf_section *s, const char *directive,
		     line_look *look, void *ctx)
{
	size_t at = 0, followed = 0, lines = 0;
	for (const struct inf_line *line; (line = inf_next(s, directive, &at)) != NULL;)
		for (size_t i = 0; i < line->n; i++) {
			const struct inf_section *named = inf_section(in->inf, line->fields[i]);
			lines += named ? named->n : 0;
			if (++followed > INF_FOLLOW_MAX || lines > INF_STEPS_MAX)
				return err_set(in->err, E_UNSUPPORTED,
					       "%s of [%s] names more than %u sections or %u lines",
					       directive, shown(in, s->name), INF_FOLLOW_MAX,
					       INF_STEPS_MAX);
			for (size_t k = 0; named && k < named->n; k++)
				if (look(in, &named->lines[k], ctx) < 0)
					return -1;
		}
	return 0;
}

/* ---- filters of the device ---- */

/*
 * Sections of these files describe the device's power states and address ranges and bring no
 * filter, so that their .HW parts can wait for Windows.
 */
static bool includes_no_filter(const struct inf_section *s)
{
	size_t at = 0, n = 0;
	for (const struct inf_line *line; (line = inf_next(s, "Include", &at)) != NULL;)
		for (size_t i = 0; i < line->n; i++, n++)
			if (!text_equal(line->fields[i], "pci.inf") &&
			    !text_equal(line->fields[i], "machine.inf"))
				return false;
	return n > 0;
}

static int check_needs_of_device(struct installing *in, const struct inf_section *s)
{
	if (!includes_no_filter(s))
		return check_needs(in, s);
	const char *needs = inf_value(s, "Needs");
	return needs ? leave(in, said_make(in->arena, "%s of the device", shown(in, needs))) : 0;
}

static int look_for_filter(struct installing *in, const struct inf_line *line, void *ctx)
{
	const char *name = inf_field(line, 2);
	(void)ctx;
	if (!text_equal(name, "UpperFilters") && !text_equal(name, "LowerFilters"))
		return 0;
	return refuse(in, said_make(in->arena, "it puts the filter %s on its device (%s)",
				    shown(in, inf_field(line, 4)), name));
}

static int check_hardware(struct installing *in)
{
	const struct inf_section *hardware = sister(in, "HW"), *filters = sister(in, "Filters");
	size_t at = 0;
	if (hardware && (check_needs_of_device(in, hardware) < 0 ||
			 each_line(in, hardware, "AddReg", look_for_filter, NULL) < 0))
		return -1;
	const struct inf_line *filter = inf_next(filters, "AddFilter", &at);
	if (!filter)
		return 0;
	return refuse(in, said_make(in->arena, "it puts the filter %s on its device (AddFilter)",
				    shown(in, inf_field(filter, 0))));
}

/* ---- services ---- */

/* The line of the device's own service; NULL when there is none, or more than one. */
static const struct inf_line *own_service(struct installing *in, const struct inf_section *services)
{
	const struct inf_line *own = NULL;
	size_t at = 0;
	uint32_t flags;
	for (const struct inf_line *line; (line = inf_next(services, "AddService", &at)) != NULL;) {
		bool known = !*inf_field(line, 1) || inf_number(inf_field(line, 1), &flags);
		if (!known)
			refuse(in, said_make(in->arena, "AddService of %s has unknown flags %s",
					     shown(in, inf_field(line, 0)),
					     shown(in, inf_field(line, 1))));
		if (!known || !*inf_field(line, 1) || !(flags & FLAG_OF_DEVICE))
			leave(in,
			      said_make(in->arena, "service %s", shown(in, inf_field(line, 0))));
		else if (own)
			refuse(in, said_make(in->arena, "two services for one device: %s and %s",
					     shown(in, inf_field(own, 0)),
					     shown(in, inf_field(line, 0))));
		else
			own = line;
	}
	return own;
}

/* Directives of a service section that change nothing about how a boot driver is loaded. */
static bool no_matter(const char *directive)
{
	static const char *const names[] = {
		"DisplayName", "Description", "Dependencies", "Security",       "DelReg",
		"AddTrigger",  "StartName",   "BootFlags",    "ServiceSidType",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_equal(directive, names[i]))
			return true;
	return false;
}

static int take_number(struct installing *in, const struct inf_line *line, uint32_t *out)
{
	if (inf_number(inf_field(line, 0), out))
		return 0;
	return refuse(in, said_make(in->arena, "%s of its service is no number: %s",
				    shown(in, line->key), shown(in, inf_field(line, 0))));
}

static int look_at_value(struct installing *in, const struct inf_line *line, void *ctx)
{
	struct inf_service *s = ctx;
	enum inf_reg_kind kind;
	struct package_value reg;
	if (inf_reg_read(line, s->name, in->arena, &kind, &reg, in->err) < 0)
		return -1;
	if (kind == INF_REG_ELSEWHERE)
		return leave(in, said_make(in->arena, "registry values below %s\\%s",
					   shown(in, inf_field(line, 0)),
					   shown(in, inf_field(line, 1))));
	if (kind == INF_REG_NOT_UNDERSTOOD)
		return refuse(
			in, said_make(in->arena,
				      "line %u, a registry value of its service, is not understood",
				      line->number));
	if (kind == INF_REG_SKIPPED)
		return 0;
	if (s->n_values == INF_VALUES_MAX)
		return err_set(in->err, E_UNSUPPORTED, "more than %u registry values",
			       INF_VALUES_MAX);
	s->values = list_grow(in->arena, s->values, s->n_values, &in->cap_values,
			      sizeof(*s->values), in->err);
	if (!s->values)
		return -1;
	s->values[s->n_values++] = reg;
	return 0;
}

static int take_directive(struct installing *in, const struct inf_line *line, const char **binary)
{
	struct inf_service *s = &in->out->service;
	if (!line->key || text_equal(line->key, "AddReg") || no_matter(line->key))
		return 0;
	if (text_equal(line->key, "ServiceType"))
		return take_number(in, line, &s->type);
	if (text_equal(line->key, "StartType"))
		return take_number(in, line, &s->start);
	if (text_equal(line->key, "ErrorControl"))
		return take_number(in, line, &s->error_control);
	if (text_equal(line->key, "ServiceBinary"))
		*binary = inf_field(line, 0);
	else if (text_equal(line->key, "LoadOrderGroup"))
		s->group = *inf_field(line, 0) ? inf_field(line, 0) : NULL;
	else
		return refuse(in, said_make(in->arena, "%s of its service is not understood",
					    shown(in, line->key)));
	return 0;
}

/* ---- its file ---- */

struct copying {
	const char *file;   /* that is looked for */
	const char *source; /* its name in the package; NULL until it is found */
};

static int look_at_copy(struct installing *in, const struct inf_line *line, void *ctx)
{
	struct copying *c = ctx;
	const char *to = inf_field(line, 0), *from = inf_field(line, 1);
	if (!text_equal(to, c->file))
		return *to ? leave(in, said_make(in->arena, "file %s", shown(in, to))) : 0;
	c->source = *from ? from : to;
	return 0;
}

/* CopyFiles = @file names a file and no section. */
static int look_at_single_files(struct installing *in, struct copying *c)
{
	size_t at = 0;
	for (const struct inf_line *line; (line = inf_next(in->section, "CopyFiles", &at)) != NULL;)
		for (size_t i = 0; i < line->n; i++) {
			const char *name = line->fields[i];
			if (*name == '@' && text_equal(name + 1, c->file))
				c->source = name + 1;
			else if (*name == '@' && leave(in, said_make(in->arena, "file %s",
								     shown(in, name + 1))) < 0)
				return -1;
		}
	return 0;
}

static int find_source(struct installing *in, const char *name)
{
	struct inf_service *s = &in->out->service;
	if (inf_source(in->inf, in->w, name, in->arena, &s->source, in->err) < 0)
		return -1;
	return s->source ? 0
			 : refuse(in,
				  said_make(in->arena, "the folder of %s leads out of the package",
					    shown(in, name)));
}

static int find_file(struct installing *in, const char *binary)
{
	struct inf_service *s = &in->out->service;
	if (!binary || !inf_binary(binary, &s->dirid, &s->file))
		return refuse(in, said_make(in->arena, "its driver is not in System32\\drivers: %s",
					    binary ? shown(in, binary) : "ServiceBinary"));
	struct copying c = {.file = s->file};
	if (each_line(in, in->section, "CopyFiles", look_at_copy, &c) < 0 ||
	    look_at_single_files(in, &c) < 0)
		return -1;
	if (!c.source)
		return refuse(in, said_make(in->arena, "CopyFiles does not bring %s",
					    shown(in, s->file)));
	if (!inf_plain_name(c.source))
		return refuse(in, said_make(in->arena, "\"%s\" is no name for a file",
					    shown(in, c.source)));
	return find_source(in, c.source);
}

/* ---- all of it ---- */

static int read_service(struct installing *in, const struct inf_line *line)
{
	struct inf_service *s = &in->out->service;
	const struct inf_section *section = inf_section(in->inf, inf_field(line, 2));
	const char *binary = NULL;
	if (!*inf_field(line, 0))
		return 0; /* the device needs no driver */
	s->name = inf_field(line, 0);
	if (!inf_plain_name(s->name))
		return refuse(in, said_make(in->arena, "\"%s\" is no name for a service",
					    shown(in, s->name)));
	if (!section)
		return refuse(in,
			      said_make(in->arena, "the section of its service, [%s], is missing",
					shown(in, inf_field(line, 2))));
	for (size_t i = 0; i < section->n; i++)
		if (take_directive(in, &section->lines[i], &binary) < 0)
			return -1;
	if (s->type != KERNEL_DRIVER &&
	    refuse(in, said_make(in->arena, "%s is no kernel driver (type 0x%x)",
				 shown(in, s->name), s->type)) < 0)
		return -1;
	if (each_line(in, section, "AddReg", look_at_value, s) < 0)
		return -1;
	return find_file(in, binary);
}

static int read_feature_score(struct installing *in)
{
	const char *score = inf_value(in->section, "FeatureScore");
	uint32_t number;
	in->out->feature_score = 0xff;
	if (!score)
		return 0;
	if (!inf_number(score, &number) || number > 0xff)
		return refuse(in, said_make(in->arena, "FeatureScore is no number: %s",
					    shown(in, score)));
	in->out->feature_score = (uint8_t)number;
	return 0;
}

static int follow(struct installing *in)
{
	const struct inf_section *services = sister(in, "Services");
	if (check_needs(in, in->section) < 0 || check_hardware(in) < 0 ||
	    read_feature_score(in) < 0 || (services && check_needs(in, services) < 0))
		return -1;
	const struct inf_line *own = own_service(in, services);
	return own ? read_service(in, own) : 0;
}

int inf_install(const struct inf *inf, const char *name, const struct inf_windows *w,
		struct arena *arena, struct inf_install *out, struct err *err)
{
	struct err failed = {0};
	struct installing in = {.inf = inf, .w = w, .arena = arena, .out = out, .err = &failed};
	*out = (struct inf_install){.section = name};
	in.section = inf_decorated(inf, name, w, arena, &failed);
	if (in.section) {
		out->section = in.section->name;
		follow(&in);
	} else if (failed.code == E_OK) {
		refuse(&in, said_make(arena, "its section [%s] is missing", shown(&in, name)));
	}
	return failed.code == E_OK ? 0 : err_pass(err, &failed);
}
