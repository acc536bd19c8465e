/* SPDX-License-Identifier: MIT */
/*
 * What the tests of plans share: the boot store of a host with a virtual disk among its entries, a
 * plan made from it, and the text of one form.
 */
#ifndef CLEANUP_TEST_H
#define CLEANUP_TEST_H

#include "bcd_match_test.h"
#include "bcdedit_model.h"

#include "stop7b/cleanup.h"
#include "stop7b/json_plan.h"

#define WIN10     LOADER_1
#define WIN7      LOADER_2
#define OTHER     LOADER_3
#define TWIN      LOADER_4
#define OPTIONS   "{66666666-6666-6666-6666-666666666666}"
#define RAMDISK   "{55555555-0000-11e4-9e43-806e6f6e6963}"
#define BACKUP    "C:\\bcd-before-stop7b-20260102T030405Z.bak"
#define THIS_DISK "D:\\vhd\\win7.vhd"

typedef int write_form(const struct cleanup_plan *plan, struct arena *arena, char **out,
		       struct err *err);

/* What is not as usual in the store. */
struct odd {
	const char *path;        /* of the disk, without its drive; byte 1 stands for U+65E5 */
	const char *description; /* as it stands in a .reg file */
	bool is_default, once, in_tools, shared, twin;
	bool only_vhds;
	bool recovers; /* the recovery entry serves the host's own Windows too */
	int options;   /* this many loaders of virtual disks name OPTIONS for their devices */
	bool unknown;  /* OTHER's devices are of a form that is not known */
};

struct planned {
	struct found f;
	struct cleanup_plan_request request;
	struct cleanup_plan plan;
	struct model model;
};

static void put_kanji(struct blob *b)
{
	for (size_t i = 0x92; i + 1 < b->len; i += 2) /* behind the numbers of a search by path */
		if (b->p[i] == 1 && b->p[i + 1] == 0) {
			b->p[i] = 0xe5;
			b->p[i + 1] = 0x65;
		}
}

/* A loader of a virtual disk; one with a kanji in its path is searched for on all volumes. */
static void add_disk(struct bench *b, const char *guid, const char *path, const char *description,
		     bool options)
{
	struct blob host = search_path(path), device, os;
	if (!strchr(path, 1))
		host = mbr_partition(0x36234da4, 0x100000);
	device = vhd_element(&host, path, 0x12000002);
	os = vhd_element(&host, path, 0x22000002);
	if (strchr(path, 1)) {
		put_kanji(&device);
		put_kanji(&os);
	}
	memset(device.p, options ? 0x66 : 0, 16);
	memset(os.p, options ? 0x66 : 0, 16);
	object(b, guid, BCD_LOADER);
	element_bytes(b, guid, BCD_DEVICE, &device);
	element(b, guid, BCD_PATH, "\"\\\\Windows\\\\system32\\\\winload.exe\"");
	element(b, guid, BCD_DESCRIPTION, description);
	element(b, guid, BCD_INHERITED, "multi:\"" LOADERS "\"");
	element_bytes(b, guid, BCD_OS_DEVICE, &os);
	element(b, guid, BCD_SYSTEM_ROOT, "\"\\\\Windows\"");
	element(b, guid, BCD_DETECT_HAL, "hex:01");
}

static void add_manager(struct bench *b, const struct odd *odd)
{
	struct blob boot = boot_device(), device = element_of(0, &boot);
	object(b, MANAGER, BCD_BOOT_MANAGER);
	element_bytes(b, MANAGER, BCD_DEVICE, &device);
	element(b, MANAGER, BCD_DESCRIPTION, "\"Windows Boot Manager\"");
	element(b, MANAGER, BCD_DEFAULT, odd->is_default ? "\"" WIN7 "\"" : "\"" WIN10 "\"");
	element(b, MANAGER, BCD_DISPLAY_ORDER, "multi:\"" OTHER "\",\"" WIN7 "\",\"" WIN10 "\"");
	element(b, MANAGER, BCD_BOOT_SEQUENCE,
		odd->once ? "multi:\"" WIN7 "\"" : "multi:\"" WIN10 "\"");
	element(b, MANAGER, BCD_TOOLS_ORDER,
		odd->in_tools ? "multi:\"" WIN7 "\",\"" MEMDIAG "\"" : "multi:\"" MEMDIAG "\"");
	element(b, MANAGER, BCD_TIMEOUT, "hex:1e,00,00,00,00,00,00,00");
	object(b, MEMDIAG, BCD_MEMORY_TESTER);
	element(b, MEMDIAG, BCD_DESCRIPTION, "\"Windows Memory Diagnostic\"");
	object(b, LOADERS, 0x20200003);
}

static void add_recovery(struct bench *b)
{
	struct blob part = mbr_partition(0x36234da4, 0x7e00),
		    disk = ramdisk_on(&part, "\\Recovery\\Winre.wim"), e = element_of(0x55, &disk);
	object(b, RECOVERY, BCD_LOADER);
	element_bytes(b, RECOVERY, BCD_DEVICE, &e);
	element(b, RECOVERY, BCD_DESCRIPTION, "\"Windows Recovery Environment\"");
	element_bytes(b, RECOVERY, BCD_OS_DEVICE, &e);
	element(b, RECOVERY, BCD_WINPE, "hex:01");
}

/* The host's own Windows 10 and its resume object. */
static void add_own(struct bench *b)
{
	struct blob part = mbr_partition(0x36234da4, 0x100000);
	add_loader(b, WIN10, &part);
	element(b, WIN10, BCD_PATH, "\"\\\\Windows\\\\system32\\\\winload.exe\"");
	element(b, WIN10, BCD_DESCRIPTION, "\"Windows 10\"");
	element(b, WIN10, BCD_RESUME_OBJECT, "\"" RESUME_1 "\"");
	object(b, RESUME_1, BCD_RESUME);
	element(b, RESUME_1, BCD_SYSTEM_ROOT, "\"\\\\hiberfil.sys\"");
}

static void add_unknown(struct bench *b, const char *guid)
{
	struct blob body = {.len = 0}, network;
	add_zeros(&body, 8);
	network = device_of(4, &body);
	add_loader(b, guid, &network);
	element(b, guid, BCD_PATH, "\"\\\\Windows\\\\system32\\\\winload.exe\"");
	element(b, guid, BCD_DESCRIPTION, "\"From the network\"");
}

/* Write the store, read it, match it with THIS_DISK unless another is given. */
static void planned_begin(struct planned *p, const struct odd *odd)
{
	const char *path = odd->path ? odd->path : "\\vhd\\win7.vhd";
	struct bench *b = &p->f.b;
	*p = (struct planned){.f.request = {.vhd = THIS_DISK}};
	bench_begin(b);
	add_manager(b, odd);
	add_recovery(b);
	if (!odd->only_vhds)
		add_own(b);
	add_disk(b, WIN7, path, odd->description ? odd->description : "\"Windows 7 (VHD)\"",
		 odd->options > 0);
	element(b, WIN7, BCD_RECOVERY_SEQUENCE, "multi:\"" RECOVERY "\"");
	element(b, WIN7, BCD_RESUME_OBJECT, odd->shared ? "\"" RESUME_1 "\"" : "\"" RESUME_2 "\"");
	object(b, RESUME_2, BCD_RESUME);
	element(b, RESUME_2, BCD_DESCRIPTION, "\"Windows Resume Application\"");
	if (odd->unknown)
		add_unknown(b, OTHER);
	else if (!odd->only_vhds)
		add_disk(b, OTHER, "\\other.vhd", "\"Other\"", odd->options > 1);
	if (odd->options)
		object(b, OPTIONS, BCD_RAMDISK_OPTIONS);
	if (odd->recovers)
		element(b, WIN10, BCD_RECOVERY_SEQUENCE, "multi:\"" RECOVERY "\"");
	if (odd->twin)
		add_disk(b, TWIN, path, "\"Windows 7 again\"", false);
	bench_read(b);
	p->request = (struct cleanup_plan_request){
		.store = &b->store,
		.store_name = "./BCD.host",
		.matches = &p->f.matches,
		.vhd = THIS_DISK,
		.image = "win7.vhd",
		.tool = "stop7b 0.1",
		.when = "2026-01-02T03:04:05Z",
	};
	p->model = (struct model){.arena = b->arena, .current = WIN10, .drive = "D:"};
}

static void planned_make(struct planned *p)
{
	struct err err = {0};
	p->f.request.vhd = p->request.vhd;
	if (bcd_match(&p->f.b.store, &p->f.request, p->f.b.arena, &p->f.matches, &err) != 0 ||
	    cleanup_plan(&p->request, p->f.b.arena, &p->plan, &err) != 0)
		fail_msg("%s", err.text);
	p->model.store = p->request.store_on_host;
	model_load(&p->model, &p->f.b.store);
}

UNUSED_OK static void planned_usual(struct planned *p, const struct odd *odd)
{
	planned_begin(p, odd);
	planned_make(p);
}

/* With entries chosen by hand. */
UNUSED_OK static void planned_with(struct planned *p, const struct odd *odd,
				   const char *const *entries, size_t n)
{
	planned_begin(p, odd);
	p->request.entries = entries;
	p->request.n_entries = n;
	planned_make(p);
}

static void planned_end(struct planned *p)
{
	bench_end(&p->f.b);
}

UNUSED_OK static char *planned_text(struct planned *p, write_form *form)
{
	struct err err = {0};
	char *out = NULL;
	if (form(&p->plan, p->f.b.arena, &out, &err) != 0)
		fail_msg("%s", err.text);
	return out;
}

/* What the plan does with an entry, or NULL. */
UNUSED_OK static const struct cleanup_block *planned_block(const struct planned *p,
							   const char *guid)
{
	for (size_t i = 0; i < p->plan.n; i++)
		if (strcmp(p->plan.blocks[i].guid, guid) == 0)
			return &p->plan.blocks[i];
	return NULL;
}

UNUSED_OK static bool plan_warns(const struct cleanup_block *b, const char *words)
{
	for (size_t i = 0; i < b->n_warnings; i++)
		if (strstr(b->warnings[i], words))
			return true;
	return false;
}

UNUSED_OK static bool model_has(struct model *m, const char *id)
{
	return model_find(m, id) != NULL;
}

#endif
