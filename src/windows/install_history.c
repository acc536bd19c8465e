/* SPDX-License-Identifier: MIT */
/*
 * What this Windows has been through: the machines it ran on, when it was shut down, which
 * partition was C:, and what setup or sysprep has left to do. The same in sentences.
 *
 * Everything here is for people: no verdict rests on it. Times are the hive's own. A C: of an
 * MBR disk is twelve bytes, the disk's signature and the partition's offset; of a GPT disk it is
 * "DMIO:ID:" and the partition's id; longer data is the path of a removable device.
 * Source: doc/FORMATS/installation.md, "History".
 */
#include "install_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MACHINES_MAX 64u /* bounds the sentences; Windows keeps a few */
#define MBR_DRIVE    12u /* u32 signature, u64 offset in bytes */
#define GPT_DRIVE    24u /* "DMIO:ID:" and a GUID */
#define GPT_MARK     "DMIO:ID:"
#define FILETIME_LEN 8u
#define STATE_DONE   7u /* GeneralizationState of a Windows that is set up */

static uint64_t filetime_of(struct reader *r, struct key k, const char *name)
{
	struct value v;
	struct span data;
	if (value_find(k, name, &v, NULL) < 0 || value_data(v, r->arena, &data, NULL) < 0 ||
	    data.len != FILETIME_LEN)
		return 0;
	return le64(data, 0);
}

/* Whether text holds word, without case. */
static bool names(const char *text, const char *word)
{
	size_t len = strlen(word);
	for (; text && *text; text++) {
		if (strncasecmp(text, word, len) == 0)
			return true;
	}
	return false;
}

/* ---- machines ---- */

static int by_last_use(const void *a, const void *b)
{
	const struct machine *x = a, *y = b;
	if (x->last_use != y->last_use)
		return x->last_use > y->last_use ? -1 : 1;
	return text_casecmp(x->config, y->config);
}

/* 8.1 keeps the BIOS's own words instead of names: "VBOX   - 1". */
static int read_bios_name(struct reader *r, struct key k, const char **out, struct err *err)
{
	struct value v;
	char **words = NULL;
	size_t n = 0;
	if (value_find(k, "SystemBiosVersion", &v, NULL) < 0 ||
	    value_texts(v, r->arena, &words, &n, NULL) < 0 || n == 0)
		return 0;
	*out = arena_printf(r->arena, "with BIOS %s", words[0]);
	return *out ? 0 : no_memory(err);
}

static int read_one_machine(struct reader *r, struct key k, struct machine *m, struct err *err)
{
	uint32_t id;
	m->config = key_name(k, r->arena);
	if (!m->config)
		return no_memory(err);
	if (key_u32(k, "Id", &id, NULL) == 0)
		m->id = arena_printf(r->arena, "%u", id);
	m->last_use = filetime_of(r, k, "LastUse");
	m->boot_driver_flags = number_below(k, "", "BootDriverFlags");
	if (read_text(r, k, "SystemManufacturer", &m->manufacturer, err) < 0 ||
	    read_text(r, k, "SystemProductName", &m->product, err) < 0)
		return -1;
	return m->product ? 0 : read_bios_name(r, k, &m->product, err);
}

static int read_machines(struct reader *r, struct err *err)
{
	struct install *out = r->out;
	struct key hardware;
	size_t cap = 0;
	if (key_find(hive_root(r->hive), "HardwareConfig", &hardware, NULL) < 0)
		return 0;
	struct key_iter it = key_subkeys(hardware);
	for (struct key k; out->n_machines < MACHINES_MAX && key_next(&it, &k);) {
		struct machine m = {0};
		out->machines = list_grow(r->arena, out->machines, out->n_machines, &cap, sizeof(m),
					  err);
		if (!out->machines || read_one_machine(r, k, &m, err) < 0)
			return -1;
		if (m.config[0] == '{')
			out->machines[out->n_machines++] = m;
	}
	if (out->n_machines)
		qsort(out->machines, out->n_machines, sizeof(*out->machines), by_last_use);
	return 0;
}

/* ---- drive C: ---- */

static int read_drive_c(struct reader *r, struct err *err)
{
	struct key k;
	struct value v;
	struct span data;
	char guid[GUID_TEXT];
	if (key_find(hive_root(r->hive), "MountedDevices", &k, NULL) < 0 ||
	    value_find(k, "\\DosDevices\\C:", &v, NULL) < 0 ||
	    value_data(v, r->arena, &data, NULL) < 0)
		return 0;
	r->out->letter_c = data;
	if (data.len == MBR_DRIVE) {
		r->out->drive_c = arena_printf(r->arena, "at byte %llu of the MBR disk %08x",
					       (unsigned long long)le64(data, 4), le32(data, 0));
	} else if (data.len == GPT_DRIVE && memcmp(data.p, GPT_MARK, strlen(GPT_MARK)) == 0) {
		guid_text(data, strlen(GPT_MARK), guid);
		r->out->drive_c = arena_printf(r->arena, "the GPT partition %s", guid);
	} else {
		r->out->drive_c = arena_strdup(r->arena, "on a removable or virtual device");
	}
	return r->out->drive_c ? 0 : no_memory(err);
}

/* ---- setup ---- */

static uint32_t number_of(struct key k, const char *name)
{
	uint32_t n = 0;
	return key_u32(k, name, &n, NULL) == 0 ? n : 0;
}

/* While SetupType is 0 Windows starts as usual, whatever CmdLine still says. */
static enum setup_state state_of(struct key setup, const char *command)
{
	struct key status;
	bool audit = key_find(setup, "Status", &status, NULL) == 0 &&
		     number_of(status, "AuditBoot") != 0;
	if (audit)
		return SETUP_AUDIT;
	if (number_of(setup, "SetupType") == 0)
		return number_of(setup, "SystemSetupInProgress") ? SETUP_RUNNING : SETUP_DONE;
	if (names(command, "windeploy"))
		return SETUP_SPECIALIZE;
	return number_of(setup, "OOBEInProgress") ? SETUP_OOBE : SETUP_RUNNING;
}

static int read_command(struct reader *r, struct key setup, struct err *err)
{
	struct err why = {0};
	struct value v;
	char *raw = NULL;
	if (read_text(r, setup, "CmdLine", &r->out->setup_command, err) < 0)
		return -1;
	if (r->out->setup_command && value_find(setup, "CmdLine", &v, NULL) == 0 &&
	    value_raw_text(v, r->arena, &raw, &why) < 0 && why.code == E_MEMORY)
		return no_memory(err);
	r->out->raw_setup_command = raw;
	return 0;
}

static int read_setup(struct reader *r, struct err *err)
{
	struct key setup, sysprep;
	if (key_find(hive_root(r->hive), "Setup", &setup, NULL) < 0)
		return 0;
	if (read_command(r, setup, err) < 0)
		return -1;
	r->out->setup_type = number_of(setup, "SetupType");
	r->out->setup = state_of(setup, r->out->setup_command);
	if (key_find(setup, "Status\\SysprepStatus", &sysprep, NULL) == 0)
		r->out->generalization = number_of(sysprep, "GeneralizationState");
	return 0;
}

const char *setup_words(enum setup_state s)
{
	static const char *const words[] = {
		[SETUP_DONE] = "",
		[SETUP_RUNNING] = N_("setup has not finished"),
		[SETUP_SPECIALIZE] = N_("prepared by sysprep; specialise is pending"),
		[SETUP_OOBE] = N_("the first-run questions are pending"),
		[SETUP_AUDIT] = N_("in audit mode"),
	};
	return words[s];
}

/* ---- sentences ---- */

static int say(struct reader *r, struct said sentence, size_t *cap, struct err *err)
{
	struct install *out = r->out;
	if (!sentence.plain)
		return no_memory(err);
	out->history = list_grow(r->arena, out->history, out->n_history, cap, sizeof(*out->history),
				 err);
	if (!out->history)
		return -1;
	out->history[out->n_history++] = sentence;
	return 0;
}

static const char *day(struct reader *r, uint64_t filetime)
{
	char text[TIME_TEXT];
	filetime_text(filetime, text);
	return *text ? arena_printf(r->arena, " (%.10s)", text) : "";
}

static int say_machines(struct reader *r, size_t *cap, struct err *err)
{
	const struct install *out = r->out;
	for (size_t i = 0; i < out->n_machines; i++) {
		const struct machine *m = &out->machines[i];
		const char *maker = m->manufacturer ? m->manufacturer
						    : said_word(N_("a machine"), r->arena);
		const char *product = m->product ? m->product
						 : said_word(N_("without a name"), r->arena);
		struct said sentence = said_make(
			r->arena, i ? N_("Before that on %s %s%s.") : N_("Last ran on %s %s%s."),
			maker, product, day(r, m->last_use));
		if (say(r, sentence, cap, err) < 0)
			return -1;
	}
	if (out->n_machines > 0 || !out->manufacturer)
		return 0;
	return say(r,
		   said_make(r->arena, "Last ran on %s %s.", out->manufacturer,
			     out->product ? out->product : ""),
		   cap, err);
}

/* Hypervisors give themselves away by the ids of their devices. */
static int say_platform(struct reader *r, size_t *cap, struct err *err)
{
	static const struct {
		const char *mark, *name;
	} platforms[] = {
		{"VEN_15AD", "VMware"}, {"15AD&REV", "VMware"}, {"VEN_80EE", "VirtualBox"},
		{"VEN_1AF4", "KVM"},    {"VEN_5853", "Xen"},    {"XENBUS\\", "Xen"},
		{"VMBUS\\", "Hyper-V"},
	};
	const struct install *out = r->out;
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		for (size_t k = 0; k < out->n_controllers; k++) {
			if (!names(out->controllers[k].hardware, platforms[i].mark))
				continue;
			return say(
				r,
				said_make(r->arena, "It knows devices of %s.", platforms[i].name),
				cap, err);
		}
	}
	return 0;
}

/* Controllers whose driver starts: those that this Windows could reach a disk by. */
static int say_controllers(struct reader *r, size_t *cap, struct err *err)
{
	const struct install *out = r->out;
	const struct control_set *set = install_set(out, out->boots_with);
	const char *list = "";
	for (size_t i = 0; i < out->n_controllers; i++) {
		const struct service *s = set_service(set, out->controllers[i].service);
		bool said = false;
		for (size_t k = 0; k < i; k++)
			said |= text_equal(out->controllers[k].service,
					   out->controllers[i].service);
		if (said || !s || s->effective_start != 0)
			continue;
		list = arena_printf(r->arena, "%s%s%s", list, *list ? ", " : "", s->name);
		if (!list)
			return no_memory(err);
	}
	if (!*list)
		return 0;
	return say(r, said_make(r->arena, "Controllers it knows and starts: %s.", list), cap, err);
}

static int say_state(struct reader *r, size_t *cap, struct err *err)
{
	const struct install *out = r->out;
	char text[TIME_TEXT];
	filetime_text(out->shut_down, text);
	if (*text && say(r, said_make(r->arena, "Shut down %s.", text), cap, err) < 0)
		return -1;
	if (out->drive_c && say(r, said_make(r->arena, "C: was %s.", out->drive_c), cap, err) < 0)
		return -1;
	if (out->setup != SETUP_DONE &&
	    say(r, said_make(r->arena, "Setup: %s.", said_word(setup_words(out->setup), r->arena)),
		cap, err) < 0)
		return -1;
	if (out->generalization == 0 || out->generalization == STATE_DONE)
		return 0;
	return say(r,
		   said_make(r->arena, "Sysprep: generalisation is in state %u, not done.",
			     out->generalization),
		   cap, err);
}

int read_history(struct reader *r, struct err *err)
{
	const struct control_set *set = install_set(r->out, r->out->boots_with);
	struct key k;
	size_t cap = 0;
	if (read_machines(r, err) < 0 || read_drive_c(r, err) < 0 || read_setup(r, err) < 0)
		return -1;
	if (set && key_find(hive_root(r->hive), set->key, &k, NULL) == 0 &&
	    key_find(k, "Control\\Windows", &k, NULL) == 0)
		r->out->shut_down = filetime_of(r, k, "ShutdownTime");
	if (say_machines(r, &cap, err) < 0 || say_platform(r, &cap, err) < 0 ||
	    say_controllers(r, &cap, err) < 0)
		return -1;
	return say_state(r, &cap, err);
}
